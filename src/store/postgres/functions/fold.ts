/**
 * `tidemark_fold(text)` on PostgreSQL: what `base/fold.ts` gives, for every text.
 *
 * A server folds by the Unicode version that it was built with, this process by its own. So the server is asked what it makes of each
 * character; a text with one of which the two think differently, which is hardly ever the case, is translated by this process's table, all others by the
 * server's own `lower`. That of a builtin collation takes half the time that ICU's takes. A server that has neither gets the table alone.
 *
 * After NFC, to fold is to replace each character by itself: no character's lower case hangs on what stands around it but sigma's, and of
 * the lower sigmas we make one. U+0130 alone becomes two characters.
 */

/** No letter that has a case lies beyond. */
export const CASED_END = 0x20000
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

/** `lower`: what the server says; undefined where there is no collation to ask for. */
export function foldFunctions(collation: string | undefined, lower: readonly Pair[]): string {
  const own = ownPairs()
  const odd = oddCharacters(own, lower)
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
  folded text := case when value is nfc normalized then value else normalize(value) end;
begin
  ${collation === undefined ? 'return tidemark_fold_all(folded);' : quick(collation, odd)}
end $$;

-- A text of as many bytes as characters is ASCII.
create or replace function tidemark_fold(value text) returns text
language sql immutable parallel safe as $$
  select case when octet_length(value) = length(value) then lower(value collate "C") else tidemark_fold_any(value) end
$$;
`
}

function quick(collation: string, odd: readonly string[]): string {
  const lower = `replace(lower(replace(folded, '${DOTTED}', '${DOTTED.toLowerCase()}') collate pg_catalog."${collation}"), 'ς', 'σ')`
  if (odd.length === 0) return `return ${lower};`
  return `return case when folded ~ '[${odd.join('')}]' collate "C" then tidemark_fold_all(folded) else ${lower} end;`
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
