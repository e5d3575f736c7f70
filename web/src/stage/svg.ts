// Small helpers for the overlay's SVG: attributes and classes only, as a strict content policy wants it.
type Attributes = Record<string, string | number>;

export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** An overlay as large as its host, in CSS pixels; it never takes the pointer away from the picture. */
export function overlayIn(host: HTMLElement): SVGSVGElement {
  const overlay = svg("svg", { class: "stage-overlay", "aria-hidden": "true" });
  host.append(overlay);
  return overlay;
}

/** Text that stays readable on white and on black. */
export function outlined(text: string, x: number, y: number, className = "stage-name"): SVGTextElement {
  return svg("text", { x, y, class: className }, text);
}
