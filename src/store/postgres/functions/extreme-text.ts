/**
 * `tidemark_text_min(text)` and `tidemark_text_max(text)`, aggregates: of a group's texts, the first or last in the order of `tidemark_fold`; of texts
 * that fold alike, the first as they stand. The state is the folded text and the text.
 */
export const EXTREME_TEXT_FUNCTIONS = `${['min', 'max'].map(extreme).join('')}
create or replace function tidemark_second(texts text[]) returns text
language sql immutable strict parallel safe as $$
  select texts[2]
$$;
${['min', 'max'].map(aggregate).join('')}`

function extreme(what: string): string {
  const sign = what === 'min' ? '<' : '>'
  return `
create or replace function tidemark_text_${what}_of(found text[], other text[]) returns text[]
language plpgsql immutable parallel safe as $$
begin
  if found is null then return other; end if;
  if other is null then return found; end if;
  if other[1] collate "C" ${sign} found[1] or other[1] = found[1] and other[2] collate "C" < found[2] then return other; end if;
  return found;
end $$;

create or replace function tidemark_text_${what}_step(found text[], value text) returns text[]
language plpgsql immutable parallel safe as $$
begin
  return case when value is null then found else tidemark_text_${what}_of(found, array[tidemark_fold(value), value]) end;
end $$;
`
}

function aggregate(what: string): string {
  return `
create or replace aggregate tidemark_text_${what}(text) (
  sfunc = tidemark_text_${what}_step, stype = text[], combinefunc = tidemark_text_${what}_of, finalfunc = tidemark_second, parallel = safe
);
`
}
