// The picture in WebGL2: values in integer textures; grays from a table of 256 × 256, or from a formula for floats.

import { budgetsOf, onPhone } from "./budgets.ts";
import { GlPictures, integerTexture, type Layer } from "./gl-pictures.ts";
import { cornersOf, type Layout } from "./layout.ts";
import { levelSize, TILE_EDGE } from "./levels.ts";
import type { Palette } from "./lookup-tables.ts";
import { buildProgram, fragment, type Program, type Texels } from "./shaders.ts";
import type { StackSpace } from "./space.ts";
import { matrixOf } from "./turn.ts";
import type { Pixels } from "./types.ts";
import type { TileType, ValuesTile } from "./values-tile.ts";
import { type Shading, type VoiLut, windowLut } from "./window-lut.ts";

export type Scene = {
  space: StackSpace;
  layout: Layout;
  window: Shading["window"];
  /** The table that the window names, or null. */
  lut: VoiLut | null;
  palette: Palette | null;
  inverted: boolean;
  smoothed: boolean;
  /** Drawn in this order, the later over the earlier. */
  layers: readonly Layer[];
};

/** Programs are built when the first picture of their kind is drawn: the first one of all is waited for. */
type Owned = { programs: Partial<Record<Texels, Program>>; lut: WebGLTexture; palette: WebGLTexture };

const TEXELS: Record<TileType, Texels> = {
  uint8: "unsigned",
  uint16: "unsigned",
  int16: "signed",
  float32: "float",
  rgb8: "color",
};

const MOST_TEXELS = 32 << 20;
/** The table of grays and that of a palette. */
const LUT_BYTES = 4 * 65536;

export class GlView {
  #canvas: HTMLCanvasElement;
  #gl: WebGL2RenderingContext;
  #longestEdge: number;
  #own: Owned | "lost";
  #pictures: GlPictures;
  #lutKey: readonly unknown[] = [];
  #palette: Palette | null = null;
  #scene: Scene | null = null;
  #onChange: () => void;

  /** Null where there is no WebGL2. `onChange`: the context was lost or has come back. */
  static create(canvas: HTMLCanvasElement, onChange: () => void): GlView | null {
    const gl = canvas.getContext("webgl2", {
      alpha: false,
      antialias: false,
      depth: false,
      stencil: false,
      powerPreference: "high-performance",
    });
    if (!gl) return null;
    const view = new GlView(canvas, gl, onChange);
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      view.#own = "lost";
      view.#pictures.forget();
      view.#lutKey = [];
      view.#palette = null;
      onChange();
    });
    canvas.addEventListener("webglcontextrestored", () => {
      view.#own = view.#build();
      onChange();
    });
    return view;
  }

  private constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, onChange: () => void) {
    this.#onChange = onChange;
    this.#canvas = canvas;
    this.#gl = gl;
    this.#pictures = new GlPictures(gl, budgetsOf(1, onPhone()).textures);
    this.#longestEdge = Number(gl.getParameter(gl.MAX_TEXTURE_SIZE)) || 4096;
    this.#own = this.#build();
  }

  get lost(): boolean {
    return this.#own === "lost" || this.#gl.isContextLost();
  }

  get bytes(): number {
    return (this.#own === "lost" ? 0 : LUT_BYTES) + this.#pictures.bytes;
  }

  setBudget(bytes: number): void {
    this.#pictures.setBudget(bytes);
  }

  /** The finest level of a stack that fits into one texture. */
  finestLevel(space: StackSpace): number {
    for (let level = 0; ; level++) {
      const { width, height } = levelSize(space, level);
      if (Math.max(width, height) <= this.#longestEdge && width * height <= MOST_TEXELS) return level;
    }
  }

  /** Draws a scene; null clears to black. */
  draw(scene: Scene | null): void {
    this.#scene = scene;
    const own = this.#own;
    if (own === "lost") return;
    const gl = this.#gl;
    gl.viewport(0, 0, this.#canvas.width, this.#canvas.height);
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!scene) return;
    const shown = new Set(scene.layers.map((layer) => layer.key));
    for (const layer of scene.layers) this.#drawLayer(own, scene, layer, shown);
    gl.flush();
  }

  /** What is on the canvas now, drawn again to be read. */
  pixels(): Pixels {
    this.draw(this.#scene);
    const gl = this.#gl;
    const { width, height } = this.#canvas;
    const upward = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, upward);
    const data = new Uint8Array(upward.length);
    const line = width * 4;
    for (let y = 0; y < height; y++) {
      data.set(upward.subarray((height - 1 - y) * line, (height - y) * line), y * line);
    }
    return { width, height, data };
  }

  /** Forgets every texture: another picture is shown. */
  clear(): void {
    this.#pictures.clear();
    this.#scene = null;
  }

  dispose(): void {
    this.clear();
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #drawLayer(own: Owned, scene: Scene, layer: Layer, shown: Set<string>): void {
    const first = layer.tiles[0];
    if (!first) return;
    const gl = this.#gl;
    const { layout, space } = scene;
    const shrink = 2 ** layer.level;
    const built = this.#program(own, TEXELS[first.type]);
    if (!built) return;
    const { program, at } = built;
    const texture = this.#pictures.upload(layer, first, space, shown);
    gl.useProgram(program);
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_2D, own.palette);
    this.#uploadPalette(scene.palette);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, own.lut);
    this.#uploadLut(scene, first);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.uniform1i(at("u_picture"), 0);
    gl.uniform1i(at("u_lut"), 1);
    gl.uniform1i(at("u_palette"), 2);
    gl.uniform1i(at("u_palette_first"), scene.palette?.first ?? 0);
    gl.uniform1i(at("u_palette_last"), (scene.palette?.colors.length ?? 0) / 3 - 1);
    if (first.type === "float32") setFormula(gl, at, scene);
    gl.uniform2f(at("u_canvas"), layout.canvas.width, layout.canvas.height);
    gl.uniform2f(at("u_at"), layout.center.u / shrink, layout.center.v / shrink);
    gl.uniform2f(at("u_step"), 1 / (layout.perColumn * shrink), 1 / (layout.perRow * shrink));
    const { rightX, rightY, downX, downY } = matrixOf(layout.turn);
    gl.uniform2f(at("u_right"), rightX, rightY);
    gl.uniform2f(at("u_down"), downX, downY);
    gl.uniform2f(at("u_extent"), space.columns / shrink, space.rows / shrink);
    gl.uniform1i(at("u_padded"), first.padding ? 1 : 0);
    gl.uniform2i(at("u_padding"), first.padding?.[0] ?? 1, first.padding?.[1] ?? 0);
    // Values of a palette are labels: between two of them lies nothing.
    gl.uniform1i(at("u_smoothed"), scene.smoothed && !scene.palette ? 1 : 0);
    if (layer.whole) {
      const size = levelSize(space, layer.level);
      gl.uniform2i(at("u_low"), 0, 0);
      gl.uniform2i(at("u_high"), size.width - 1, size.height - 1);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
      return;
    }
    // Some visible tiles are still on their way: draw each that is here, reading no texel of a missing neighbor.
    gl.enable(gl.SCISSOR_TEST);
    for (const tile of layer.tiles) {
      const left = tile.column * TILE_EDGE;
      const top = tile.row * TILE_EDGE;
      const { from, to } = cornersOf(
        layout,
        { u: left * shrink, v: top * shrink },
        { u: (left + tile.width) * shrink, v: (top + tile.height) * shrink },
      );
      const x = Math.ceil(from.x - 0.5);
      const y = Math.ceil(from.y - 0.5);
      const width = Math.ceil(to.x - 0.5) - x;
      const height = Math.ceil(to.y - 0.5) - y;
      if (width <= 0 || height <= 0) continue;
      gl.scissor(x, layout.canvas.height - y - height, width, height);
      gl.uniform2i(at("u_low"), left, top);
      gl.uniform2i(at("u_high"), left + tile.width - 1, top + tile.height - 1);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    gl.disable(gl.SCISSOR_TEST);
  }

  #uploadLut(scene: Scene, tile: ValuesTile): void {
    const { type, slope, intercept } = tile;
    const { window, inverted, lut: voi } = scene;
    if (type === "rgb8" || (type === "float32" && !voi)) return;
    const { center, width, function: kind } = window;
    const key = [type, slope, intercept, inverted, ...(voi ? [voi] : [center, width, kind])];
    if (key.length === this.#lutKey.length && key.every((part, i) => part === this.#lutKey[i])) return;
    this.#lutKey = key;
    // Padding is known pixel by pixel in the shader; a mean of two values that happens to equal it is not padding.
    this.#uploadTable(
      type === "float32"
        ? (voi?.levels ?? new Uint8Array(1))
        : windowLut({ type, slope, intercept, inverted, window, lut: voi, padding: null }),
      1,
    );
  }

  #uploadPalette(palette: Palette | null): void {
    if (palette === null || palette === this.#palette) return;
    this.#palette = palette;
    this.#uploadTable(palette.colors, 3);
  }

  /** Fills the bound table of 256 columns, in whole rows. */
  #uploadTable(entries: Uint8Array, bytes: 1 | 3): void {
    const gl = this.#gl;
    const rows = Math.ceil(entries.length / (256 * bytes));
    const whole = new Uint8Array(rows * 256 * bytes);
    whole.set(entries);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    const format = bytes === 1 ? gl.RED_INTEGER : gl.RGB_INTEGER;
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, rows, format, gl.UNSIGNED_BYTE, whole);
  }

  /** Null: the device will not have it, and draws no values any more. */
  #program(own: Owned, texels: Texels): Program | null {
    const program = own.programs[texels] ?? buildProgram(this.#gl, fragment(texels));
    if (program) own.programs[texels] = program;
    else {
      this.#own = "lost";
      this.#onChange();
    }
    return program;
  }

  #build(): Owned {
    const gl = this.#gl;
    const lut = integerTexture(gl);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8UI, 256, 256);
    const palette = integerTexture(gl);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGB8UI, 256, 256);
    return { programs: {}, lut, palette };
  }
}

/** The window of floats as the shader computes it. Source: PS3.3 C.11.2.1.2, C.11.2.1.3. */
function setFormula(gl: WebGL2RenderingContext, at: Program["at"], { window, lut, inverted }: Scene): void {
  const { width, function: kind } = window;
  const center = kind === "LINEAR" ? window.center - 0.5 : window.center;
  const near = Math.fround(center);
  gl.uniform2f(at("u_center"), near, center - near);
  gl.uniform1f(at("u_span"), kind === "LINEAR" ? width - 1 : width);
  gl.uniform1i(at("u_curve"), lut ? 2 : kind === "SIGMOID" ? 1 : 0);
  gl.uniform1i(at("u_lut_first"), lut?.first ?? 0);
  gl.uniform1i(at("u_lut_last"), (lut?.levels.length ?? 1) - 1);
  gl.uniform1i(at("u_inverted"), inverted ? 1 : 0);
}
