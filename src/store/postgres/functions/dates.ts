/**
 * Dates on PostgreSQL, stored as texts: `2024-05-01T10:00:00Z`, `2024-05-01`. Instants are told by the server's own table of time zones.
 *
 * | function | gives |
 * |---|---|
 * | `tidemark_local_time(instant, zone)` | what the clock there shows, as `wallClock` of `base/time-zone.ts` does |
 * | `tidemark_date_part(part, stored, zone, …)` | a part of a date as a whole number, as `sqlite/date-part.ts` does |
 *
 * They are in PL/pgSQL, which takes our word for their being immutable: the form of these texts is the same under every `DateStyle`.
 */
import { FIRST_DATE, FIRST_INSTANT, LAST_DATE, LAST_INSTANT } from '../../../base/date-time.ts'

const plain = (instant: string): string => instant.replace('Z', '')

/** Zones that a user can choose and that had another name before 2023; servers may have older tables. */
const FORMER_NAMES: Readonly<Record<string, string>> = { 'America/Nuuk': 'America/Godthab', 'Asia/Yangon': 'Asia/Rangoon', 'Europe/Kyiv': 'Europe/Kiev' }

/** Asks for those that the server does not know. */
export function unknownZonesQuery(): string {
  const names = Object.keys(FORMER_NAMES).map((zone) => `('${zone}')`)
  return `select zone from (values ${names.join(', ')}) as renamed (zone) where zone not in (select name from pg_timezone_names)`
}

export function dateFunctions(unknownZones: readonly string[]): string {
  const cases = unknownZones.map((zone) => `when '${zone}' then '${FORMER_NAMES[zone]}' `).join('')
  const known = cases === '' ? 'zone' : `case zone ${cases}else zone end`
  return `
create or replace function tidemark_local_time(instant text, zone text) returns text
language plpgsql immutable strict parallel safe as $$
begin
  if zone = 'UTC' then return instant; end if;
  return to_char(
    least(greatest(timezone(${known}, instant::timestamptz), timestamp '${plain(FIRST_INSTANT)}'), timestamp '${plain(LAST_INSTANT)}'),
    'YYYY-MM-DD"T"HH24:MI:SS"Z"');
end $$;

-- The first day of the fiscal year that begins in a calendar year.
create or replace function tidemark_fiscal_start(year integer, start_month integer, start_day integer) returns date
language plpgsql immutable strict parallel safe as $$
declare
  first date := make_date(year, start_month, 1);
  days integer := (first + interval '1 month')::date - first;
begin
  return least(greatest(first + least(start_day, days) - 1, date '${FIRST_DATE}'), date '${LAST_DATE}');
end $$;

-- week_start: 0 is Sunday. periods: in a fiscal year; thirteen are of four weeks. name_offset: from the year in which a fiscal year begins to its name.
create or replace function tidemark_date_part(
  part text, stored text, zone text, week_start integer, start_month integer, start_day integer, periods integer, name_offset integer
) returns bigint
language plpgsql immutable strict parallel safe as $$
declare
  day date := (case when length(stored) = 10 then stored else substr(tidemark_local_time(stored, zone), 1, 10) end)::date;
  year integer := extract(year from day);
  first date;
  period integer := 1;
begin
  case part
    when 'day' then return extract(day from day);
    when 'month' then return extract(month from day);
    when 'quarter' then return extract(quarter from day);
    when 'year' then return year;
    when 'week' then
      first := make_date(year, 1, 1);
      return (day - first + (extract(dow from first)::integer - week_start + 7) % 7) / 7 + 1;
    else
  end case;
  first := tidemark_fiscal_start(year, start_month, start_day);
  if day < first then
    year := year - 1;
    first := tidemark_fiscal_start(year, start_month, start_day);
  end if;
  if part = 'fiscal-year' then return year + name_offset; end if;
  if periods = 13 then
    -- The thirteenth takes the odd day.
    period := least((day - first) / 28 + 1, periods);
  else
    while period < periods and day >= least((first + make_interval(months => period * 12 / periods))::date, date '${LAST_DATE}') loop
      period := period + 1;
    end loop;
  end if;
  return (year + name_offset) * 100 + period;
end $$;
`
}
