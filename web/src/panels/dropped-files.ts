// What was dropped on the page, as files: folders are looked through with all that lies below them.

/** Must be asked while the drop is being handled; the browser forgets the rest afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const plain = [...transfer.files];
  if (entries.every((entry) => entry === null)) return plain;
  const found: File[] = [];
  for (const entry of entries) if (entry !== null) await collect(entry, found);
  return found;
}

export function bringsFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}

async function collect(entry: FileSystemEntry, found: File[]): Promise<void> {
  if (entry.isFile) {
    // What cannot be read any more is not sent; the server names what it leaves out of the rest.
    const file = await fileOf(entry as FileSystemFileEntry).catch(() => null);
    if (file !== null) found.push(file);
  } else if (entry.isDirectory) {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (let some = await read(reader); some.length > 0; some = await read(reader))
      for (const one of some) await collect(one, found);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((give, refuse) => entry.file(give, refuse));
}

/** Some of a folder's entries at a time; none: that was all. */
function read(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((give) => reader.readEntries(give, () => give([])));
}
