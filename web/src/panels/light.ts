// The light of a reading room.

/** Dark, until what it returns is called. */
export function darkened(): () => void {
  const { dataset } = document.documentElement;
  dataset.light = "dark";
  return () => {
    delete dataset.light;
  };
}
