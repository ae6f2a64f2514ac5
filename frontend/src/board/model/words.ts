/** The words of the board: whole sentences from the server, with `%(name)s` places in them. */

export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export type Strings = Record<string, string | Plural>;
export type Values = Record<string, string | number>;

export class Words {
  private readonly rules: Intl.PluralRules;
  private readonly numbers: Intl.NumberFormat;
  private readonly counted = new Map<string, string>();

  constructor(private readonly strings: Strings, readonly lang: string) {
    this.rules = new Intl.PluralRules(lang);
    this.numbers = new Intl.NumberFormat(lang);
  }

  /** A sentence in which only a count stands: hundreds of notes say the same few. */
  count = (key: string, count: number): string => {
    const name = `${key} ${count}`;
    let sentence = this.counted.get(name);
    if (sentence === undefined) this.counted.set(name, sentence = this.say(key, { count }));
    return sentence;
  };

  /** The sentence of a key. With `count` in the values, the plural form that fits it. */
  say = (key: string, values: Values = {}): string => {
    const entry = this.strings[key];
    if (entry === undefined) throw new Error(`The board has no words for "${key}".`);
    let pattern: string;
    if (typeof entry === "string") {
      pattern = entry;
    } else {
      const count = Number(values.count ?? 0);
      pattern = entry[this.rules.select(count)] ?? entry.other;
    }
    return pattern.replace(/%\((\w+)\)s|%%/g, (found, name: string | undefined) => {
      if (name === undefined) return "%";
      const value = values[name];
      if (value === undefined) return found;
      return typeof value === "number" ? this.numbers.format(value) : value;
    });
  };
}
