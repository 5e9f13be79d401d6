/**
 * `tidemark_fold(text)` on PostgreSQL: what `base/fold.ts` gives, for every text.
 *
 * A server folds by the Unicode version that it was built with, this process by its own. So the server is asked what it makes of each
 * character; a text with one of which the two think differently, which is hardly ever the case, is translated by this process's tables, all others by the
 * server's own `normalize` and `lower`. That of a builtin collation takes half the time that ICU's takes. A server that has neither gets the table alone.
 *
 * Measured on texts of 22 kB: ASCII 0.1 ms, German or Russian 0.7 ms, decomposed accents 3 ms, by the table alone 7 ms, and one with a character that
 * the server does not know 90 ms.
 *
 * After NFC, to fold is to replace each character by itself: no character's lower case hangs on what stands around it but sigma's, and of
 * the lower sigmas we make one. U+0130 alone becomes two characters.
 */

/** No letter that has a case lies beyond. */
const CASED_END = 0x20000
const SURROGATES = [0xd800, 0xdfff] as const
const DOTTED = '\u0130'

/** Quickest first; names of `pg_catalog.pg_collation`. */
export const COLLATIONS = ['pg_c_utf8', 'und-x-icu'] as const

type Pair = readonly [from: string, to: string]

/** Asks for `[character, lower]` where the two differ. */
export function lowerQuery(collation: string): string {
  const lower = `lower(chr(i) collate pg_catalog."${collation}")`
  return `select chr(i) as "from", ${lower} as "to" from generate_series(128, ${CASED_END - 1}) as i where i not between ${SURROGATES.join(' and ')} and ${lower} <> chr(i)`
}

export type ServerText = {
  /** Undefined where there is none to ask. */
  readonly collation: string | undefined
  /** What it makes of single characters, where it makes something of them. */
  readonly lower: readonly Pair[]
  /** See `normalize.ts`. */
  readonly oddInNfc: ReadonlySet<string>
}

export function foldFunctions({ collation, lower, oddInNfc }: ServerText): string {
  const own = ownPairs()
  const oddLetters = collation === undefined ? [] : oddCharacters(own, lower)
  // What a server makes of those that come out of NFC is not looked at.
  const trusted = oddLetters.every((letter) => oddInNfc.has(letter) || letter.normalize('NFD') === letter) ? collation : undefined
  const odd = classOf([...oddInNfc, ...(trusted === undefined ? [] : oddLetters)])
  const alone = odd === '' ? '' : `if value ~ '${odd}' collate "C" then return tidemark_fold_all(tidemark_nfc(value)); end if;`
  return `
create or replace function tidemark_fold_all(value text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  folded text := replace(lower(value collate "C"), '${DOTTED}', '${DOTTED.toLowerCase()}');
begin
${groups(own).map(translation).join('\n')}
  return folded;
end $$;

create or replace function tidemark_fold_any(value text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  folded text;
begin
  ${alone}
  folded := case when value is nfc normalized then value else normalize(value) end;
  return ${trusted === undefined ? 'tidemark_fold_all(folded)' : lowerBy(trusted)};
end $$;

-- A text of as many bytes as characters is ASCII.
create or replace function tidemark_fold(value text) returns text
language sql immutable parallel safe as $$
  select case when octet_length(value) = length(value) then lower(value collate "C") else tidemark_fold_any(value) end
$$;
`
}

function lowerBy(collation: string): string {
  return `replace(lower(replace(folded, '${DOTTED}', '${DOTTED.toLowerCase()}') collate pg_catalog."${collation}"), 'ς', 'σ')`
}

/** `[a-cx]` as a regular expression; nothing of none. None of them is ASCII. */
function classOf(characters: readonly string[]): string {
  const ranges: [from: number, to: number][] = []
  for (const point of [...new Set(characters)].map((char) => char.codePointAt(0) ?? 0).sort((one, other) => one - other)) {
    const last = ranges.at(-1)
    if (last?.[1] === point - 1) last[1] = point
    else ranges.push([point, point])
  }
  const written = (point: number) => `\\U${point.toString(16).padStart(8, '0')}`
  return ranges.length === 0 ? '' : `[${ranges.map(([from, to]) => (from === to ? written(from) : `${written(from)}-${written(to)}`)).join('')}]`
}

/** What this process folds into one other character, beyond ASCII. */
function ownPairs(): readonly Pair[] {
  const pairs: Pair[] = []
  for (let point = 128; point < CASED_END; point++) {
    if (point >= SURROGATES[0] && point <= SURROGATES[1]) continue
    const from = String.fromCodePoint(point)
    const to = foldAlone(from)
    if (from !== to && from !== DOTTED) pairs.push([from, to])
  }
  return pairs
}

/** Without NFC, which is the server's part: U+212A is a K then. */
function foldAlone(character: string): string {
  const lower = character.toLowerCase()
  return lower === 'ς' ? 'σ' : lower
}

/** Which the server would fold otherwise. */
function oddCharacters(own: readonly Pair[], lower: readonly Pair[]): readonly string[] {
  const theirs = new Map(lower)
  const ours = new Map(own)
  const finalSigma = (from: string) => from === 'ς' && !theirs.has(from)
  const isOdd = (from: string) => from !== DOTTED && !finalSigma(from) && (theirs.get(from) ?? from) !== (ours.get(from) ?? from)
  return [...new Set([...theirs.keys(), ...ours.keys()])].filter(isOdd)
}

const GROUP = 64

function groups(pairs: readonly Pair[]): readonly (readonly Pair[])[] {
  return Array.from({ length: Math.ceil(pairs.length / GROUP) }, (_, index) => pairs.slice(index * GROUP, (index + 1) * GROUP))
}

/** `translate` compares each character with all that it knows: only where there is one of them. */
function translation(pairs: readonly Pair[]): string {
  const side = (index: 0 | 1) => pairs.map((pair) => pair[index]).join('')
  return `  if folded ~ '[${pairs[0]?.[0]}-${pairs.at(-1)?.[0]}]' collate "C" then folded := translate(folded, '${side(0)}', '${side(1)}'); end if;`
}
