// Values on the graphics card: one integer texture per frame and level, within a budget of bytes.
import { levelSize, TILE_EDGE } from "./levels.ts";
import type { StackSpace } from "./space.ts";
import type { TileType, ValuesTile } from "./values-tile.ts";

/** The tiles of one frame at one level. `whole`: no visible one is missing. */
export type Layer = { key: string; level: number; tiles: readonly ValuesTile[]; whole: boolean };

type Picture = { texture: WebGLTexture; type: TileType; bytes: number; uploaded: Set<string> };

export class GlPictures {
  /** In order of use, the oldest first. */
  #pictures = new Map<string, Picture>();
  #gl: WebGL2RenderingContext;
  #budgetBytes: number;

  constructor(gl: WebGL2RenderingContext, budgetBytes: number) {
    this.#gl = gl;
    this.#budgetBytes = budgetBytes;
  }

  /** What may be kept from the next picture on. */
  setBudget(bytes: number): void {
    this.#budgetBytes = bytes;
  }

  get bytes(): number {
    let bytes = 0;
    for (const picture of this.#pictures.values()) bytes += picture.bytes;
    return bytes;
  }

  clear(): void {
    for (const picture of this.#pictures.values()) this.#gl.deleteTexture(picture.texture);
    this.forget();
  }

  /** The context went, and every texture with it. */
  forget(): void {
    this.#pictures.clear();
  }

  /** The texture with all of a layer's tiles in it. Those named in `shown` are not dropped for it. */
  upload(layer: Layer, first: ValuesTile, space: StackSpace, shown: ReadonlySet<string>): WebGLTexture {
    const gl = this.#gl;
    const [internal, format, type, perTexel] = formats(gl)[first.type];
    gl.activeTexture(gl.TEXTURE0);
    let picture = this.#pictures.get(layer.key);
    this.#pictures.delete(layer.key);
    if (!picture || picture.type !== first.type) {
      if (picture) gl.deleteTexture(picture.texture);
      const { width, height } = levelSize(space, layer.level);
      const bytes = width * height * perTexel;
      this.#makeRoom(bytes, shown);
      const texture = integerTexture(gl);
      gl.texStorage2D(gl.TEXTURE_2D, 1, internal, width, height);
      picture = { texture, type: first.type, bytes, uploaded: new Set() };
    }
    this.#pictures.set(layer.key, picture);
    gl.bindTexture(gl.TEXTURE_2D, picture.texture);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    for (const tile of layer.tiles) {
      const { column, row, width, height, values } = tile;
      const place = `${column}/${row}`;
      if (picture.uploaded.has(place)) continue;
      gl.texSubImage2D(
        gl.TEXTURE_2D,
        0,
        column * TILE_EDGE,
        row * TILE_EDGE,
        width,
        height,
        format,
        type,
        // The bits of floats, as they are: no device then has a say in what a NaN is.
        values instanceof Float32Array ? new Uint32Array(values.buffer) : values,
      );
      picture.uploaded.add(place);
    }
    return picture.texture;
  }

  /** Drops the textures that were drawn longest ago; those of this scene stay. */
  #makeRoom(bytes: number, shown: ReadonlySet<string>): void {
    let kept = this.bytes + bytes;
    for (const [key, picture] of this.#pictures) {
      if (kept <= this.#budgetBytes) return;
      if (shown.has(key)) continue;
      this.#gl.deleteTexture(picture.texture);
      this.#pictures.delete(key);
      kept -= picture.bytes;
    }
  }
}

/** Internal format, format, type, and bytes of a texel. */
function formats(gl: WebGL2RenderingContext): Record<TileType, readonly [number, number, number, number]> {
  return {
    uint8: [gl.R8UI, gl.RED_INTEGER, gl.UNSIGNED_BYTE, 1],
    uint16: [gl.R16UI, gl.RED_INTEGER, gl.UNSIGNED_SHORT, 2],
    int16: [gl.R16I, gl.RED_INTEGER, gl.SHORT, 2],
    float32: [gl.R32UI, gl.RED_INTEGER, gl.UNSIGNED_INT, 4],
    rgb8: [gl.RGB8UI, gl.RGB_INTEGER, gl.UNSIGNED_BYTE, 3],
  };
}

export function integerTexture(gl: WebGL2RenderingContext): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return texture;
}
