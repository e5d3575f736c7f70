// How many device pixels an element covers: exactly where the browser says so, else by rounding.
import type { CanvasSize } from "./layout.ts";

/** Calls back now and whenever the size or the pixel ratio changes; returns how to stop. */
export function watchSize(
  element: HTMLElement,
  onSize: (size: CanvasSize, devicePixelsPerCssPixel: number) => void,
): () => void {
  const tell = (size: CanvasSize) => {
    const ratio = element.clientWidth > 0 ? size.width / element.clientWidth : devicePixelRatio;
    onSize(size, ratio);
  };
  const rounded = (): CanvasSize => ({
    width: Math.round(element.clientWidth * devicePixelRatio),
    height: Math.round(element.clientHeight * devicePixelRatio),
  });
  const observer = new ResizeObserver((entries) => {
    const box = entries.at(-1)?.devicePixelContentBoxSize?.[0];
    const near = rounded();
    // An emulated pixel ratio is missing from the box; then the ratio is right and the box is not.
    const exact =
      box && Math.abs(box.inlineSize - near.width) <= 2 && Math.abs(box.blockSize - near.height) <= 2;
    tell(exact ? { width: box.inlineSize, height: box.blockSize } : near);
  });
  try {
    observer.observe(element, { box: "device-pixel-content-box" });
  } catch {
    // Safari has no such box: watch the usual one, and the pixel ratio apart.
    observer.observe(element);
    window.addEventListener("resize", onResize);
  }
  function onResize() {
    tell(rounded());
  }
  return () => {
    observer.disconnect();
    window.removeEventListener("resize", onResize);
  };
}
