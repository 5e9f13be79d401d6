/**
 * The time zones of Dataverse by number, as `usersettings.timezonecode` has it (the numbers of Windows, and those added since):
 * 85 is GMT Standard Time, `Europe/London`. Standard name and IANA name; the latter after Unicode's table of Windows zones.
 */
import { isTimeZone } from './time-zone.ts'

type TimeZone = { readonly standardName: string; readonly iana: string }

export const UTC_CODE = 92

/** `code standard name|IANA name` */
const LIST = `
0 Dateline Standard Time|Etc/GMT+12
1 Samoa Standard Time|Pacific/Apia
2 Hawaiian Standard Time|Pacific/Honolulu
3 Alaskan Standard Time|America/Anchorage
4 Pacific Standard Time|America/Los_Angeles
5 Pacific Standard Time (Mexico)|America/Tijuana
6 UTC-11|Etc/GMT+11
7 Aleutian Standard Time|America/Adak
8 Marquesas Standard Time|Pacific/Marquesas
9 UTC-09|Etc/GMT+9
10 Mountain Standard Time|America/Denver
11 UTC-08|Etc/GMT+8
12 Mountain Standard Time (Mexico)|America/Mazatlan
13 Mexico Standard Time 2|America/Mazatlan
15 US Mountain Standard Time|America/Phoenix
20 Central Standard Time|America/Chicago
25 Canada Central Standard Time|America/Regina
29 Central Standard Time (Mexico)|America/Mexico_City
30 Mexico Standard Time|America/Mexico_City
33 Central America Standard Time|America/Guatemala
34 Easter Island Standard Time|Pacific/Easter
35 Eastern Standard Time|America/New_York
40 US Eastern Standard Time|America/Indiana/Indianapolis
43 Haiti Standard Time|America/Port-au-Prince
44 Cuba Standard Time|America/Havana
45 SA Pacific Standard Time|America/Bogota
47 Venezuela Standard Time|America/Caracas
50 Atlantic Standard Time|America/Halifax
51 Turks And Caicos Standard Time|America/Grand_Turk
55 SA Western Standard Time|America/La_Paz
56 Pacific SA Standard Time|America/Santiago
58 Central Brazilian Standard Time|America/Cuiaba
59 Paraguay Standard Time|America/Asuncion
60 Newfoundland Standard Time|America/St_Johns
65 E. South America Standard Time|America/Sao_Paulo
69 Argentina Standard Time|America/Argentina/Buenos_Aires
70 SA Eastern Standard Time|America/Cayenne
71 Bahia Standard Time|America/Bahia
72 Saint Pierre Standard Time|America/Miquelon
73 Greenland Standard Time|America/Nuuk
74 Montevideo Standard Time|America/Montevideo
75 Mid-Atlantic Standard Time|Etc/GMT+2
76 UTC-02|Etc/GMT+2
77 Tocantins Standard Time|America/Araguaina
80 Azores Standard Time|Atlantic/Azores
83 Cape Verde Standard Time|Atlantic/Cape_Verde
84 Morocco Standard Time|Africa/Casablanca
85 GMT Standard Time|Europe/London
90 Greenwich Standard Time|Atlantic/Reykjavik
92 UTC|UTC
95 Central Europe Standard Time|Europe/Budapest
100 Central European Standard Time|Europe/Warsaw
105 Romance Standard Time|Europe/Paris
110 W. Europe Standard Time|Europe/Berlin
113 W. Central Africa Standard Time|Africa/Lagos
115 E. Europe Standard Time|Europe/Chisinau
120 Egypt Standard Time|Africa/Cairo
125 FLE Standard Time|Europe/Kyiv
129 Jordan Standard Time|Asia/Amman
130 GTB Standard Time|Europe/Bucharest
131 Middle East Standard Time|Asia/Beirut
133 Syria Standard Time|Asia/Damascus
134 Turkey Standard Time|Europe/Istanbul
135 Israel Standard Time|Asia/Jerusalem
140 South Africa Standard Time|Africa/Johannesburg
141 Namibia Standard Time|Africa/Windhoek
142 West Bank Standard Time|Asia/Hebron
145 Russian Standard Time|Europe/Moscow
150 Arab Standard Time|Asia/Riyadh
151 Belarus Standard Time|Europe/Minsk
155 E. Africa Standard Time|Africa/Nairobi
158 Arabic Standard Time|Asia/Baghdad
159 Kaliningrad Standard Time|Europe/Kaliningrad
160 Iran Standard Time|Asia/Tehran
165 Arabian Standard Time|Asia/Dubai
169 Azerbaijan Standard Time|Asia/Baku
170 Caucasus Standard Time|Asia/Yerevan
172 Mauritius Standard Time|Indian/Mauritius
173 Georgian Standard Time|Asia/Tbilisi
174 Russia Time Zone 3|Europe/Samara
175 Afghanistan Standard Time|Asia/Kabul
176 Astrakhan Standard Time|Europe/Astrakhan
180 Ekaterinburg Standard Time|Asia/Yekaterinburg
184 Pakistan Standard Time|Asia/Karachi
185 West Asia Standard Time|Asia/Tashkent
190 India Standard Time|Asia/Kolkata
193 Nepal Standard Time|Asia/Kathmandu
195 Central Asia Standard Time|Asia/Almaty
196 Bangladesh Standard Time|Asia/Dhaka
197 Omsk Standard Time|Asia/Omsk
200 Sri Lanka Standard Time|Asia/Colombo
201 N. Central Asia Standard Time|Asia/Novosibirsk
203 Myanmar Standard Time|Asia/Yangon
205 SE Asia Standard Time|Asia/Bangkok
207 North Asia Standard Time|Asia/Krasnoyarsk
208 Altai Standard Time|Asia/Barnaul
209 W. Mongolia Standard Time|Asia/Hovd
210 China Standard Time|Asia/Shanghai
211 Tomsk Standard Time|Asia/Tomsk
215 Singapore Standard Time|Asia/Singapore
220 Taipei Standard Time|Asia/Taipei
225 W. Australia Standard Time|Australia/Perth
227 North Asia East Standard Time|Asia/Irkutsk
228 Ulaanbaatar Standard Time|Asia/Ulaanbaatar
229 North Korea Standard Time|Asia/Pyongyang
230 Korea Standard Time|Asia/Seoul
231 Aus Central W. Standard Time|Australia/Eucla
235 Tokyo Standard Time|Asia/Tokyo
240 Yakutsk Standard Time|Asia/Yakutsk
241 Transbaikal Standard Time|Asia/Chita
245 AUS Central Standard Time|Australia/Darwin
250 Cen. Australia Standard Time|Australia/Adelaide
255 AUS Eastern Standard Time|Australia/Sydney
260 E. Australia Standard Time|Australia/Brisbane
265 Tasmania Standard Time|Australia/Hobart
270 Vladivostok Standard Time|Asia/Vladivostok
274 Lord Howe Standard Time|Australia/Lord_Howe
275 West Pacific Standard Time|Pacific/Port_Moresby
276 Bougainville Standard Time|Pacific/Bougainville
277 Norfolk Standard Time|Pacific/Norfolk
278 Sakhalin Standard Time|Asia/Sakhalin
279 Russia Time Zone 10|Asia/Srednekolymsk
280 Central Pacific Standard Time|Pacific/Guadalcanal
281 Magadan Standard Time|Asia/Magadan
284 UTC+12|Etc/GMT-12
285 Fiji Standard Time|Pacific/Fiji
290 New Zealand Standard Time|Pacific/Auckland
299 Chatham Islands Standard Time|Pacific/Chatham
300 Tonga Standard Time|Pacific/Tongatapu
301 UTC+13|Etc/GMT-13
302 Kamchatka Standard Time|Asia/Kamchatka
305 Line Islands Standard Time|Pacific/Kiritimati
`

export const TIME_ZONES: ReadonlyMap<number, TimeZone> = new Map(
  LIST.trim()
    .split('\n')
    .map((line) => {
      const [, code = '', standardName = '', iana = ''] = /^(\d+) ([^|]+)\|(.+)$/.exec(line) ?? []
      return [Number(code), { standardName, iana }]
    }),
)

/** UTC where the code is unknown, or this engine does not know the zone. */
export function zoneOfCode(code: number): string {
  const iana = TIME_ZONES.get(code)?.iana ?? 'UTC'
  return isTimeZone(iana) ? iana : 'UTC'
}
