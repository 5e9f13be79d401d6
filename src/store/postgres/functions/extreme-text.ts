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
create or replace function tidemark_text_${what}_of(best text[], other text[]) returns text[]
language plpgsql immutable parallel safe as $$
begin
  if best is null then return other; end if;
  if other is null then return best; end if;
  if other[1] collate "C" ${sign} best[1] or other[1] = best[1] and other[2] collate "C" < best[2] then return other; end if;
  return best;
end $$;

create or replace function tidemark_text_${what}_step(best text[], value text) returns text[]
language plpgsql immutable parallel safe as $$
begin
  return case when value is null then best else tidemark_text_${what}_of(best, array[tidemark_fold(value), value]) end;
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
