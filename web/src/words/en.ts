// Every word on the screen, in American English: the language that the others are checked against.
type Kind = "host" | "patient";

export const en = {
  product: "ReadingRoom",
  language: "Language",
  notForDiagnosis: "Not for primary diagnosis",

  join: {
    title: "You are invited to look at pictures together",
    promise:
      "You and the others in this room will look at the same pictures at the same time. Nothing is installed, and nothing else on this device is shared.",
    name: "Your name",
    nameHint: "The others see it beside your pointer.",
    button: "Join",
    joining: "Joining…",
    nameMissing: "Please type your name.",
  },

  doors: {
    none: {
      title: "You need a link to come in",
      text: "This is where people look at medical pictures together. Open the link you were sent, or ask for one.",
    },
    broken: {
      title: "This link is not complete",
      text: "Part of it seems to be missing. Copy the whole link, or ask for a new one.",
    },
    LINK_UNKNOWN: {
      title: "This link opens no room",
      text: "Check that it was copied whole, or ask the person who sent it for a new one.",
    },
    LINK_USED: {
      title: "This link was already used",
      text: "For your safety a link works in one browser only. If it was you, go back to that browser. Otherwise ask for a new link.",
    },
    LINK_EXPIRED: {
      title: "This link has expired",
      text: "Links are short-lived for your safety. Ask the person who sent it for a new one.",
    },
    DENIED: {
      title: "You are not admitted here",
      text: "This browser holds no admission to the room. Open the link you were given again, or ask for a new one.",
    },
    NO_SUCH_ROOM: {
      title: "This room is closed",
      text: "It does not exist or has ended. You can close this page.",
    },
    REMOVED: {
      title: "You have left this room",
      text: "A host has closed the room for you. If you think this is a mistake, ask the person who invited you.",
    },
    ROOM_ENDED: {
      title: "The consultation has ended",
      text: "If it is opened again, you can come back with this page.",
    },
    REPLACED: {
      title: "You opened this room elsewhere",
      text: "Another tab or device of yours took this one's place.",
    },
    OLD_PROTOCOL: {
      title: "This page is out of date",
      text: "The server has been updated. Load the page again.",
    },
    insecure: {
      title: "This connection is not protected",
      text: "Medical pictures are only shown over a protected connection. Open the address that begins with https://, or ask for the right link.",
    },
    other: { title: "You cannot come in right now", text: "" },
    retry: "Try again",
    reload: "Load again",
    lookAgain: "Look again",
  },

  room: {
    opening: "Opening the room…",
    nothingShown: (leader: string | null) =>
      leader === null ? "No picture is open yet." : `${leader} has not opened a picture yet.`,
    noSeries: "There are no pictures in this room.",
    picture: "The shared picture",
    slider: "Place in the stack of pictures",
    sliderValue: (index: number, frames: number) => `Picture ${index + 1} of ${frames}`,
    reading: (kind: Kind, ready: number, frames: number) =>
      kind === "host" ? `Reading the series: ${ready} of ${frames}` : "Loading the pictures…",
    series: "Series",
    otherPatient: "Another patient",
    pictures: "Pictures",
    openForAll: "Show this to everyone",
    openForMe: "Look at this on your own",
    frames: (count: number) => (count === 1 ? "1 picture" : `${count} pictures`),
    damaged: (count: number) => (count === 1 ? "1 picture is damaged" : `${count} pictures are damaged`),
    unnamedSeries: "Unnamed series",
  },

  panes: {
    layout: "Layout",
    layouts: { "1x1": "One picture", "1x2": "Side by side", "2x1": "One above the other", "2x2": "Four" },
    sentence: (number: number, sentence: string) => `Pane ${number}: ${sentence}`,
    choice: "Which of the pictures",
    choose: (number: number, count: number) => `Picture ${number} of ${count}`,
    all: "All",
    empty: "Nothing is shown here. Choose a series for this place.",
    planes: "Three planes",
    noPlanes: (reason: string) =>
      reason === ""
        ? "These pictures are no volume: there are no other planes."
        : `There are no other planes: ${reason}.`,
    slab: "Thickness",
    slabs: { mip: "Brightest (MIP)", minip: "Darkest (MinIP)", mean: "Mean" },
    slabNone: "Thin",
    slabThickness: (mm: number) => `${mm} mm`,
    links: { none: "Link", place: "Linked by place", hand: "Aligned by hand" },
    linkHint: "Scroll the pictures together, as they stand now",
    noLink: "Two pictures are needed to scroll them together.",
  },

  identity: {
    label: "Patient and study",
    born: (day: string) => `Born ${day}`,
    study: (day: string) => `Study of ${day}`,
    film: (facts: string) => `Film: ${facts}.`,
    noVolume: (reason: string) => `Single pictures, no volume: ${reason}.`,
    unevenVolume: (reason: string) => `Not a regular volume: ${reason}.`,
    unnamed: "No name",
    /** Of the study, or of what it was imported with: whose they were nobody knows. */
    refusedFiles: (count: number) =>
      count === 1
        ? "1 file was left out: it cannot be shown."
        : `${count} files were left out: they cannot be shown.`,
  },

  quality: {
    label: "Picture",
    none: "waiting",
    preview: "preview",
    full: "sharp",
  },

  people: {
    title: "People",
    you: "you",
    host: "Host",
    clinician: "Clinician",
    patient: "Patient",
    observer: "Observer",
    away: "not here now",
    following: "following",
    leading: "steering",
    alone: "looking on their own",
    asks: "asks to steer",
    typing: "is typing",
    handUp: "hand up",
    raise: "Raise hand",
    lower: "Take hand down",
    sees: {
      same: "sees what you see",
      behind: (seconds: string) => `${seconds} s behind`,
      own: "looks at something else",
    },
    manage: (name: string) => `More about ${name}`,
    role: "Role",
    remove: "Remove from the room",
    removeSure: (name: string) => `Remove ${name}? Their link will not work any more.`,
    cancel: "Cancel",
  },

  ending: {
    title: "Room",
    gather: "Bring everyone here",
    end: "End the consultation",
    endSure: "End it? Everyone but hosts leaves; you can open it again.",
    ended: "The consultation has ended. Only hosts are here.",
    reopen: "Open it again",
  },

  chat: {
    title: "Messages",
    none: "No messages yet.",
    label: "Message",
    send: "Send",
    unread: (count: number) => (count === 1 ? "1 new" : `${count} new`),
    announced: (count: number) => (count === 1 ? "1 new message" : `${count} new messages`),
  },

  questions: {
    title: "A question about this place",
    label: "What would you like to know?",
    whatIsThis: "What is this?",
    ask: "Ask",
    list: "Questions",
    none: "No questions yet.",
    open: (count: number) => (count === 1 ? "1 open" : `${count} open`),
    show: "Show",
    answered: "Answered",
    reopen: "Open again",
  },

  marks: {
    title: "Marks",
    none: "Nothing drawn yet.",
    measurement: "Measurement",
    goTo: "Go to",
    remove: "Delete",
    hide: "Hide from everyone",
    hidden: "hidden",
    show: "Show again",
  },

  keyImages: {
    title: "Key images",
    none: "Nothing kept yet.",
    keep: "Keep this picture",
    by: (name: string) => `kept by ${name}`,
    show: "Show",
    remove: "Remove",
  },

  lead: {
    you: "You are steering",
    other: (name: string) => `${name} is steering`,
    nobody: "Nobody is steering",
    take: "Steer",
    give: (name: string) => `Let ${name} steer`,
    giveBack: (name: string) => `Give back to ${name}`,
    ask: "Ask to steer",
    unask: "Stop asking",
    asked: "You asked to steer.",
    askedBy: (name: string) => `${name} would like to steer.`,
    notNow: "Not now",
  },

  alone: {
    text: "You are looking on your own",
    back: (name: string | null) => (name === null ? "Back to the shared picture" : `Back to ${name}`),
    showMine: "Show them mine",
    askShowMine: "Ask to show mine",
    broughtHere: "You have been brought back to the shared picture.",
  },

  banners: {
    reconnecting: "The connection is gone. Trying again…",
    notSaving: "Nothing can be saved right now. It is being tried again.",
    unsaved: (count: number) =>
      count === 1 ? "1 change is not saved yet." : `${count} changes are not saved yet.`,
    weak: "This server does not promise to keep what is written here.",
    stateLost: "The server has lost part of this room's history. What you see may not be what it holds.",
    frozen: "Nothing can be changed until a host goes on.",
    gone: {
      marks: (count: number) => (count === 1 ? "1 mark" : `${count} marks`),
      messages: (count: number) => (count === 1 ? "1 message" : `${count} messages`),
      keyImages: (count: number) => (count === 1 ? "1 key image" : `${count} key images`),
      series: (count: number) => (count === 1 ? "1 series" : `${count} series`),
      people: (count: number) => (count === 1 ? "1 person" : `${count} people`),
    },
    isGone: (what: string) => `Not there any more, or changed: ${what}.`,
    acceptLoss: "Go on with what the server has",
    full: "Too many changes wait to be saved. Wait until the connection is back.",
    close: "Close",
  },

  tools: {
    label: "Tools",
    window: "Window",
    pan: "Move",
    zoom: "Zoom",
    scroll: "Scroll",
    arrow: "Arrow",
    text: "Text",
    pin: "Question",
  },

  actions: {
    label: "Actions",
    fit: "Fit",
    undo: "Take back",
    undoHint: "Take back your last mark",
    redo: "Do again",
    redoHint: "Do again what you took back last",
    help: "Help",
    presets: "Windows",
    preset: "Window…",
    noPreset: "No window",
    ownPresets: "Of this series",
    usualPresets: "Usual",
    overlays: "Overlays",
    overlaysHint: "Show or hide what the file draws over its pictures",
  },

  film: {
    label: "Film",
    play: "Play",
    stop: "Stop",
    speed: "Speed",
    rate: (rate: number) => `${rate}×`,
    playsForOthers: "A film is running for the others.",
  },

  patient: {
    controls: "Picture controls",
    previous: "Previous picture",
    next: "Next picture",
    brighter: "Brighter",
    darker: "Darker",
    moreContrast: "More contrast",
    lessContrast: "Less contrast",
    whole: "Whole picture",
    arrow: "Point with an arrow",
    text: "Write a word",
    pin: "What is this?",
    move: "Move the picture",
    browse: "Page through",
    undo: "Take back",
    redo: "Do again",
    overlays: "Lines and labels",
    more: "More",
    less: "Close",
    presets: { Bone: "Bones", Lung: "Lungs", "Soft tissue": "Soft parts" } as Record<string, string>,
  },

  text: {
    title: "Write beside the picture",
    label: "Your words",
    place: "Write",
    cancel: "Cancel",
  },

  /** On the picture itself. */
  stage: {
    loading: "Loading …",
    preview: "Preview",
    lossyPreview: "Lossy preview",
    noWebgl: "Lossy preview: this browser has no WebGL2",
    lossyOriginal: "Lossy original",
    slice: (index: number, frames: number) => `${index + 1} / ${frames}`,
    depth: (letters: string, mm: string) => `${letters} ${mm} mm`,
    apart: (mm: string) => `${mm} mm apart`,
    window: (width: string, center: string, curve: string) => `W ${width} C ${center}${curve}`,
    zoom: (percent: number) => `${percent} %`,
    length: (mm: number) => (mm >= 10 ? `${mm / 10} cm` : `${Number(mm.toPrecision(1))} mm`),
    cannotBeShown: (index: number, frames: number) => `Picture ${index + 1} of ${frames} cannot be shown.`,
    sentence: (index: number, frames: number, window: string) => `Image ${index + 1} of ${frames}, ${window}`,
    namedWindow: (name: string) => `${name.toLowerCase()} window`,
    ownWindow: (width: number, center: number) => `window width ${width}, center ${center}`,
    voiLut: "VOI LUT",
    suv: (low: string, high: string) => `SUV ${low}\u2013${high}`,
    color: "Color",
    colorPicture: "in color",
    colorHasNoWindow: "Color pictures have no window: they are shown as they are.",
    overlaysHidden: "Overlays hidden",
    /** Beside the scale bar: what its length means. */
    calibrations: {
      patient: "",
      calibrated: "",
      detector: "at the detector, not calibrated",
      film: "on the film, not calibrated",
      regions: "",
      none: "",
    },
    playingSentence: (frames: number, window: string) => `A film of ${frames} images is running, ${window}`,
    fileWindow: (number: number) => `Window ${number}`,
    presets: {
      soft: "Soft tissue",
      lung: "Lung",
      bone: "Bone",
      brain: "Brain",
      liver: "Liver",
      mediastinum: "Mediastinum",
      stroke: "Stroke",
      subdural: "Subdural",
      angio: "Angio",
    },
  },

  refusals: {
    unreachable: "The server cannot be reached.",
    otherVersion: "This page is of another version than the server.",
  },

  help: {
    title: "Keys and mouse",
    close: "Close",
    single: "Use single-key shortcuts",
    smoothed: "Smooth enlarged pixels",
    rows: [
      ["Wheel", "Page through the pictures"],
      ["Left drag", "The chosen tool"],
      ["Middle drag, Space + left drag", "Move"],
      ["Right drag", "Zoom"],
      ["↑ ↓ Home End", "Previous, next, first, last picture"],
      ["Page up, Page down", "Ten pictures back, on"],
      ["+ −", "Zoom"],
      ["1 – 9", "Windows"],
      ["W P Z S A T", "Window, move, zoom, scroll, arrow, text"],
      ["F", "Fit"],
      ["C", "Play or stop the film"],
      ["O", "Show or hide overlays"],
      ["Space", "Reset the picture"],
      ["Backspace", "Delete the chosen mark"],
      ["Ctrl Z, Ctrl Y", "Take back your last change of a mark, do it again"],
      ["Esc", "Stop what is being drawn"],
      ["?", "This help"],
    ] satisfies [string, string][],
  },
};
