// What a browser keeps of the form of a deal, by the name that the page gives it.

// Names of fields that stand in rows.
export const ROW = /^(investors|sources|status_history)-(\d+)-/;

export const store = {
  get(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
  drop(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // Where nothing can be kept there is nothing to drop.
    }
  },
  // The newest of the forms that were never saved at all.
  newest(prefix) {
    let found = null;
    try {
      for (const key of Object.keys(localStorage).filter((one) => one.startsWith(prefix))) {
        const kept = this.get(key);
        if (kept && (!found || kept.at > found.at)) found = { ...kept, key };
      }
    } catch {
      return null;
    }
    return found;
  },
};

// What was typed, however its rows are numbered; the server leaves out rows with nothing in them.
export function meant(entries) {
  const rows = new Map();
  const plain = [];
  for (const [name, value] of entries) {
    const [start, list, number] = name.match(ROW) ?? [];
    if (!start) plain.push([name, value]);
    else if (!name.endsWith("-kind")) {
      const row = rows.get(start) ?? { list, number: Number(number), parts: [] };
      row.parts.push([name.slice(start.length), value]);
      rows.set(start, row);
    }
  }
  const lists = [...rows.values()].sort((a, b) => a.list.localeCompare(b.list) || a.number - b.number);
  return JSON.stringify([plain.sort(), lists.map((row) => [row.list, row.parts.sort()])]);
}
