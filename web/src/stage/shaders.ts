// The small programs of the picture: one triangle over the canvas, and the gray or color of each device pixel.

export const VERTEX = `#version 300 es
void main() {
  gl_Position = vec4(float((gl_VertexID & 1) << 2) - 1.0, float((gl_VertexID & 2) << 1) - 1.0, 0.0, 1.0);
}`;

/** What the texels of a picture are: signed or unsigned stored values, bits of floats, red-green-blue bytes. */
export type Texels = "signed" | "unsigned" | "float" | "color";

/**
 * `u_at` is the level pixel in the middle of the canvas, `u_step` level pixels per device pixel, `u_right` and `u_down`
 * where a step to the right and a step down in the picture lead on the canvas.
 */
const HEAD = `#version 300 es
precision highp float;
precision highp int;
precision highp isampler2D;
precision highp usampler2D;
uniform usampler2D u_lut;
uniform vec2 u_canvas;
uniform vec2 u_at;
uniform vec2 u_step;
uniform vec2 u_right;
uniform vec2 u_down;
uniform vec2 u_extent;
uniform ivec2 u_low;
uniform ivec2 u_high;
uniform bool u_smoothed;
out vec4 color;

ivec2 inside(ivec2 at) {
  return clamp(at, u_low, u_high);
}
vec4 weights(vec2 part) {
  return vec4((1.0 - part.x) * (1.0 - part.y), part.x * (1.0 - part.y), (1.0 - part.x) * part.y, part.x * part.y);
}
uvec4 entry(usampler2D table, int index) {
  return texelFetch(table, ivec2(index & 255, index >> 8), 0);
}
void draw(vec2 at, ivec2 first, vec4 weight);
void main() {
  vec2 pixel = vec2(gl_FragCoord.x, u_canvas.y - gl_FragCoord.y);
  vec2 away = pixel - u_canvas * 0.5;
  vec2 at = u_at + vec2(dot(away, u_right), dot(away, u_down)) * u_step;
  if (any(lessThan(at, vec2(0.0))) || any(greaterThanEqual(at, u_extent))) discard;
  vec2 corner = floor(at - 0.5);
  // In steps of a 256th, as graphics cards do it: places are whole micrometers, and where a pixel of the picture is
  // one of the screen its neighbors must weigh nothing at all.
  vec2 part = floor((at - 0.5 - corner) * 256.0 + 0.5) / 256.0;
  draw(at, ivec2(corner), weights(part));
}`;

/**
 * Bilinear on stored values, rounded, then the table. Padding takes no part: it is left out of the mean, and black where
 * it lies nearest. Values of a supplemental palette are labels: they have its colors, and nothing is smoothed.
 */
const STORED = `
uniform bool u_padded;
uniform ivec2 u_padding;
uniform usampler2D u_palette;
uniform int u_palette_first;
uniform int u_palette_last;

int stored(ivec2 at) {
  return int(texelFetch(u_picture, inside(at), 0).r);
}
bool picture(int value) {
  return !(u_padded && value >= u_padding.x && value <= u_padding.y);
}
void draw(vec2 at, ivec2 first, vec4 weight) {
  int value = stored(ivec2(floor(at)));
  color = vec4(0.0, 0.0, 0.0, 1.0);
  if (!picture(value)) return;
  if (u_palette_last >= 0 && value >= u_palette_first) {
    color.rgb = vec3(entry(u_palette, min(value - u_palette_first, u_palette_last)).rgb) / 255.0;
    return;
  }
  if (u_smoothed) {
    ivec4 four = ivec4(stored(first), stored(first + ivec2(1, 0)), stored(first + ivec2(0, 1)), stored(first + 1));
    weight *= vec4(picture(four.x), picture(four.y), picture(four.z), picture(four.w));
    float total = weight.x + weight.y + weight.z + weight.w;
    value = int(floor(dot(weight, vec4(four - value)) / total + 0.5)) + value;
  }
  color.rgb = vec3(float(entry(u_lut, value & 0xffff).r) / 255.0);
}`;

/**
 * Bilinear on modality values, NaN left out, then the window's own formula: there are too many values for a table.
 * The center comes in two parts, whose sum is as exact as float64. Infinite values are drawn but not smoothed.
 * The bits are tested as bits: what a device's arithmetic makes of NaN is its own affair.
 */
const FLOAT = `
uniform vec2 u_center;
uniform float u_span;
uniform int u_curve;
uniform int u_lut_first;
uniform int u_lut_last;
uniform bool u_inverted;

uint bits(ivec2 at) {
  return texelFetch(u_picture, inside(at), 0).r;
}
bool finite(uint value) {
  return (value & 0x7f800000u) != 0x7f800000u;
}
float number(uint value) {
  return finite(value) ? uintBitsToFloat(value) : 0.0;
}
float level(float value) {
  float away = (value - u_center.x) - u_center.y;
  if (u_curve == 1) return 255.0 / (1.0 + exp(clamp(-4.0 * away / u_span, -80.0, 80.0)));
  if (u_curve == 2) {
    float index = clamp(floor(value + 0.5) - float(u_lut_first), 0.0, float(u_lut_last));
    return float(entry(u_lut, int(index)).r);
  }
  if (away <= -0.5 * u_span) return 0.0;
  return away > 0.5 * u_span ? 255.0 : (away / u_span + 0.5) * 255.0;
}
void draw(vec2 at, ivec2 first, vec4 weight) {
  uint nearest = bits(ivec2(floor(at)));
  color = vec4(0.0, 0.0, 0.0, 1.0);
  if (!finite(nearest) && (nearest & 0x7fffffu) != 0u) return;
  float value = number(nearest);
  if (!finite(nearest)) value = (nearest >> 31) == 0u ? 3.4e38 : -3.4e38;
  else if (u_smoothed) {
    uvec4 four = uvec4(bits(first), bits(first + ivec2(1, 0)), bits(first + ivec2(0, 1)), bits(first + 1));
    weight *= vec4(finite(four.x), finite(four.y), finite(four.z), finite(four.w));
    float total = weight.x + weight.y + weight.z + weight.w;
    vec4 numbers = vec4(number(four.x), number(four.y), number(four.z), number(four.w));
    value += dot(weight, numbers - value) / total;
  }
  float gray = level(value);
  color.rgb = vec3(floor((u_inverted ? 255.0 - gray : gray) + 0.5) / 255.0);
}`;

/** Bilinear in each channel, rounded; no window. */
const COLOR = `
vec3 bytes(ivec2 at) {
  return vec3(texelFetch(u_picture, inside(at), 0).rgb);
}
void draw(vec2 at, ivec2 first, vec4 weight) {
  vec3 value = bytes(ivec2(floor(at)));
  if (u_smoothed) {
    value = floor(weight.x * bytes(first) + weight.y * bytes(first + ivec2(1, 0))
                + weight.z * bytes(first + ivec2(0, 1)) + weight.w * bytes(first + 1) + 0.5);
  }
  color = vec4(value / 255.0, 1.0);
}`;

const BODIES: Record<Texels, string> = { signed: STORED, unsigned: STORED, float: FLOAT, color: COLOR };

export function fragment(texels: Texels): string {
  const picture = `uniform ${texels === "signed" ? "isampler2D" : "usampler2D"} u_picture;`;
  return `${HEAD}\n${picture}\n${BODIES[texels]}`;
}

export type Program = { program: WebGLProgram; at(name: string): WebGLUniformLocation | null };

/** Null when the context is lost, or the device will not have it. */
export function buildProgram(gl: WebGL2RenderingContext, source: string): Program | null {
  const program = gl.createProgram();
  for (const [kind, text] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, source],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) return null;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
  const places = new Map<string, WebGLUniformLocation | null>();
  return {
    program,
    at(name) {
      let place = places.get(name);
      if (place === undefined) {
        place = gl.getUniformLocation(program, name);
        places.set(name, place);
      }
      return place;
    },
  };
}
