/**
 * `tidemark_nfc(text)` on PostgreSQL: NFC by this process's version of Unicode, for texts with a character of which the server's own `normalize` knows
 * more or less. Those are the letters and marks of a few years (`oddInNfc`); whatever both know never changes (unicode.org/policies: stability).
 *
 * A character is decomposed, marks are put in the order of their classes behind the letter that they stand on, and what has a character of
 * its own is composed. Hangul syllables are computed.
 */
const SURROGATES = [0xd800, 0xdfff] as const

/** Where there are characters that are composed, decomposed or moved; not the ideographs, Hangul syllables and what is for private use. */
const RANGES = [
  [0xa0, 0x33ff],
  [0xa000, 0xabff],
  [0xf900, 0x16fff],
  [0x1a000, 0x1ffff],
  [0x2f800, 0x2ffff],
] as const

/** Two marks that were there from the first, of the lowest class and of a high one. */
const [OVERLAY, ACUTE] = ['\u0334', '\u0301']

type Known = { readonly decomposed: string; readonly isMoved: boolean }

/** Asks for the characters that the server decomposes (`decomposed`) or moves past others (`moved`). */
export function normalizeQuery(): string {
  const points = RANGES.map(([from, to]) => `select generate_series(${from}, ${to}) as i`).join(' union all ')
  const moved = (text: string) => `normalize(${text}, NFD) <> ${text}`
  return `
    select chr(i) as "from", normalize(chr(i), NFD) as decomposed, case when is_moved then 1 else 0 end as moved
    from (select i, ${moved(`chr(i) || '${OVERLAY}'`)} or ${moved(`'${ACUTE}' || chr(i)`)} as is_moved from (${points}) as points) as answers
    where is_moved or normalize(chr(i), NFD) <> chr(i)`
}

/** Characters in whose presence the server's NFC may be another than ours. `rows`: what the query gave. */
export function oddInNfc(rows: readonly { readonly [column: string]: unknown }[]): ReadonlySet<string> {
  const theirs = new Map<string, Known>(
    rows.map(({ from, decomposed, moved }) => [String(from), { decomposed: String(decomposed), isMoved: Number(moved) === 1 }]),
  )
  const odd = new Set<string>()
  const composites: string[] = []
  for (const char of characters()) {
    const ours: Known = { decomposed: char.normalize('NFD'), isMoved: isMoved(char) }
    const other = theirs.get(char) ?? { decomposed: char, isMoved: false }
    if (ours.decomposed === other.decomposed && ours.isMoved === other.isMoved) continue
    odd.add(char)
    if (ours.decomposed !== other.decomposed) composites.push(ours.decomposed === char ? other.decomposed : ours.decomposed)
  }
  // One of its parts is as new as what is composed of them: a mark that we have already, or else what it stands on.
  for (const parts of composites.map((text) => [...text])) {
    if (!parts.some((part) => odd.has(part))) for (const part of parts) if (!isMoved(part)) odd.add(part)
  }
  return odd
}

function* characters(): Generator<string> {
  for (const [from, to] of RANGES) {
    for (let point = from; point <= to; point++) if (point < SURROGATES[0] || point > SURROGATES[1]) yield String.fromCodePoint(point)
  }
}

/** Whether it has a class, which tells its place among marks. */
function isMoved(char: string): boolean {
  const moves = (text: string) => text.normalize('NFD') !== text
  return moves(char + OVERLAY) || moves(ACUTE + char)
}

export function normalizeFunction(): string {
  const { decompositions, compositions, classes } = tables()
  return `
create or replace function tidemark_nfc(value text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  decompositions constant jsonb := '${JSON.stringify(decompositions)}';
  compositions constant jsonb := '${JSON.stringify(compositions)}';
  classes constant jsonb := '${JSON.stringify(classes)}';
  characters text[];
  classes_of integer[];
  composed text;
  starter text;
  marks text := '';
  result text := '';
  last integer := -1;
begin
  -- A starter has the class 0: marks go behind the one that they follow.
  select array_agg(c order by segment, class, n), array_agg(class order by segment, class, n) into characters, classes_of from (
    select c, n, class, count(*) filter (where class = 0) over (order by n) as segment from (
      select part as c, coalesce((classes ->> part)::integer, 0) as class, row_number() over (order by outer_n, inner_n) as n
      from regexp_split_to_table(value, '') with ordinality as whole (c, outer_n),
        lateral (select case when ascii(c) between 44032 and 55203 then ascii(c) - 44032 end as s) as syllable,
        lateral regexp_split_to_table(case
          when s is null then coalesce(decompositions ->> c, c)
          else chr(4352 + s / 588) || chr(4449 + s % 588 / 28) || case when s % 28 > 0 then chr(4519 + s % 28) else '' end
        end, '') with ordinality as parts (part, inner_n)
    ) as decomposed
  ) as segments;
  for at in 1 .. array_length(characters, 1) loop
    composed := null;
    if starter is not null and last < classes_of[at] then
      composed := compositions ->> (starter || characters[at]);
      if composed is null and last = -1 then
        if ascii(starter) between 4352 and 4370 and ascii(characters[at]) between 4449 and 4469 then
          composed := chr(44032 + (ascii(starter) - 4352) * 588 + (ascii(characters[at]) - 4449) * 28);
        elsif ascii(starter) between 44032 and 55203 and (ascii(starter) - 44032) % 28 = 0 and ascii(characters[at]) between 4520 and 4546 then
          composed := chr(ascii(starter) + ascii(characters[at]) - 4519);
        end if;
      end if;
    end if;
    if composed is not null then
      starter := composed;
    elsif classes_of[at] = 0 then
      result := result || coalesce(starter, '') || marks;
      starter := characters[at];
      marks := '';
      last := -1;
    else
      marks := marks || characters[at];
      last := classes_of[at];
    end if;
  end loop;
  return result || coalesce(starter, '') || marks;
end $$;
`
}

type Tables = { readonly decompositions: Record<string, string>; readonly compositions: Record<string, string>; readonly classes: Record<string, number> }

function tables(): Tables {
  const decompositions: Record<string, string> = {}
  const compositions: Record<string, string> = {}
  const marks: string[] = []
  for (const char of characters()) {
    const decomposed = char.normalize('NFD')
    if (decomposed !== char) {
      decompositions[char] = decomposed
      const parts = [...decomposed]
      const last = parts.pop() ?? ''
      // Some are never composed again.
      if (char.normalize('NFC') === char) compositions[parts.join('').normalize('NFC') + last] = char
    } else if (isMoved(char)) marks.push(char)
  }
  return { decompositions, compositions, classes: classesOf(marks) }
}

/** No one tells the classes, but two marks that stand in the wrong order of theirs change places. */
function classesOf(marks: readonly string[]): Record<string, number> {
  const isAbove = (one: string, other: string) => (one + other).normalize('NFD') !== one + other
  const compare = (one: string, other: string) => (isAbove(one, other) ? 1 : isAbove(other, one) ? -1 : 0)
  const classes: Record<string, number> = {}
  let last: string | undefined
  let number = 0
  for (const mark of marks.toSorted(compare)) {
    if (last === undefined || compare(last, mark) !== 0) number++
    classes[mark] = number
    last = mark
  }
  return classes
}
