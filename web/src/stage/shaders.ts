// The two small programs of the picture: one triangle over the canvas, and the grey of each device pixel.

export const VERTEX = `#version 300 es
void main() {
  gl_Position = vec4(float((gl_VertexID & 1) << 2) - 1.0, float((gl_VertexID & 2) << 1) - 1.0, 0.0, 1.0);
}`;

/**
 * Bilinear on stored values, rounded, then the table. Padding takes no part: it is left out of the mean, and black where
 * it lies nearest. `u_at` is the level pixel in the middle of the canvas, `u_step` level pixels per device pixel.
 */
export function fragment(sampler: "isampler2D" | "usampler2D"): string {
  return `#version 300 es
precision highp float;
precision highp int;
precision highp isampler2D;
precision highp usampler2D;
uniform ${sampler} u_picture;
uniform usampler2D u_lut;
uniform vec2 u_canvas;
uniform vec2 u_at;
uniform vec2 u_step;
uniform vec2 u_extent;
uniform ivec2 u_low;
uniform ivec2 u_high;
uniform bool u_padded;
uniform ivec2 u_padding;
uniform bool u_smoothed;
out vec4 color;

int stored(ivec2 at) {
  return int(texelFetch(u_picture, clamp(at, u_low, u_high), 0).r);
}
bool picture(int value) {
  return !(u_padded && value >= u_padding.x && value <= u_padding.y);
}
void main() {
  vec2 pixel = vec2(gl_FragCoord.x, u_canvas.y - gl_FragCoord.y);
  vec2 at = u_at + (pixel - u_canvas * 0.5) * u_step;
  if (any(lessThan(at, vec2(0.0))) || any(greaterThanEqual(at, u_extent))) discard;
  int value = stored(ivec2(floor(at)));
  if (!picture(value)) {
    color = vec4(0.0, 0.0, 0.0, 1.0);
    return;
  }
  if (u_smoothed) {
    vec2 corner = floor(at - 0.5);
    vec2 part = at - 0.5 - corner;
    ivec2 first = ivec2(corner);
    ivec4 four = ivec4(stored(first), stored(first + ivec2(1, 0)), stored(first + ivec2(0, 1)), stored(first + 1));
    vec4 weight = vec4((1.0 - part.x) * (1.0 - part.y), part.x * (1.0 - part.y),
                       (1.0 - part.x) * part.y, part.x * part.y);
    weight *= vec4(picture(four.x), picture(four.y), picture(four.z), picture(four.w));
    float total = weight.x + weight.y + weight.z + weight.w;
    value = int(floor(dot(weight, vec4(four - value)) / total + 0.5)) + value;
  }
  uint bits = uint(value) & 0xffffu;
  float grey = float(texelFetch(u_lut, ivec2(int(bits & 255u), int(bits >> 8u)), 0).r) / 255.0;
  color = vec4(vec3(grey), 1.0);
}`;
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
