// Put into every page of the browser tests before its own scripts: notes when things happen. Changes nothing.
(() => {
  const watched = { inputs: [], drawn: [], banners: [], violations: [] };
  window.watched = watched;
  const now = () => performance.timeOrigin + performance.now();
  for (const kind of ["wheel", "pointerdown", "pointermove", "pointerup", "keydown"]) {
    const note = (event) => watched.inputs.push({ kind, at: performance.timeOrigin + event.timeStamp });
    addEventListener(kind, note, { capture: true, passive: true });
  }
  addEventListener("securitypolicyviolation", (event) => {
    watched.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
  });
  new MutationObserver((changes) => {
    for (const { type, target } of changes) {
      if (type === "attributes") {
        const { drawn, drawnAt } = target.dataset;
        if (drawn && drawnAt) watched.drawn.push({ tag: drawn, at: Number(drawnAt) });
      }
    }
    for (const { textContent } of document.querySelectorAll(".banner")) {
      if (watched.banners.at(-1)?.text !== textContent) watched.banners.push({ text: textContent, at: now() });
    }
  }).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["data-drawn-at"],
  });
})();
