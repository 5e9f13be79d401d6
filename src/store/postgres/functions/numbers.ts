/**
 * Exact numbers on PostgreSQL, as `sqlite/exact-numbers.ts` and `sqlite/functions.ts` write them.
 *
 * | function | gives |
 * |---|---|
 * | `tidemark_nine_decimals(number)` | `440000.000000000`: at least nine decimals, more where there are more |
 * | `tidemark_average(sum, count)` | the same of a quotient rounded half away from zero to nine |
 * | `tidemark_double_sum(double)` | an aggregate: the sum of the decimals that doubles are written as; of nothing 0 |
 * | `tidemark_format_number(number, decimals)` | `1,234.50` of the JSON text of a number |
 */
export const NUMBER_FUNCTIONS = `
create or replace function tidemark_nine_decimals(number numeric) returns text
language sql immutable parallel safe as $$
  select (case when scale(trim_scale(number)) > 9 then trim_scale(number) else round(number, 9) end)::text
$$;

-- In whole numbers: a division of decimals rounds by itself, and what is rounded twice may be wrong.
create or replace function tidemark_average(total numeric, amount bigint) returns text
language sql immutable strict parallel safe as $$
  select round(sign(total) * div(2 * abs(total) * 1e9 + amount, 2 * amount) * 0.000000001, 9)::text
$$;

create or replace function tidemark_add_double(total numeric, value double precision) returns numeric
language plpgsql immutable parallel safe as $$
begin
  return case when value is null then total else total + value::text::numeric end;
end $$;

-- What no double can hold is the greatest.
create or replace function tidemark_double_of(total numeric) returns double precision
language sql immutable strict parallel safe as $$
  select least(greatest(total, -1.7976931348623157e308), 1.7976931348623157e308)::double precision
$$;

create or replace aggregate tidemark_double_sum(double precision) (
  sfunc = tidemark_add_double, stype = numeric, initcond = '0', finalfunc = tidemark_double_of, combinefunc = numeric_add, parallel = safe
);

create or replace function tidemark_format_number(number text, decimals integer) returns text
language plpgsql immutable parallel safe as $$
declare
  digits text;
  whole text;
begin
  if number is null or number = 'null' then return null; end if;
  digits := round(number::numeric, decimals)::text;
  whole := split_part(digits, '.', 1);
  if length(whole) > 3 then whole := reverse(regexp_replace(reverse(whole), '([0-9]{3})(?=[0-9])', '\\1,', 'g')); end if;
  return case when decimals > 0 then whole || '.' || split_part(digits, '.', 2) else whole end;
end $$;
`
