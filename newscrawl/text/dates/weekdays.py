"""Names of weekdays: they stand between a day and its time, as in `4 Mart 2026 Çarşamba 12:00`."""

from __future__ import annotations

from functools import cache

# CLDR's names, and the everyday ones of the same languages; a `_` is a blank.
_NAMES = """
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim
lunes martes miércoles jueves viernes sábado domingo mié jue vie sáb dom
segunda-feira terça-feira quarta-feira quinta-feira sexta-feira segunda terça quarta quinta sexta
dilluns dimarts dimecres dijous divendres dissabte diumenge
lunedì martedì mercoledì giovedì venerdì sabato domenica
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tisdag lördag söndag
maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai
maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina
esmaspäev teisipäev kolmapäev neljapäev reede laupäev pühapäev
pirmdiena otrdiena trešdiena ceturtdiena piektdiena sestdiena svētdiena
pirmadienis antradienis trečiadienis ketvirtadienis penktadienis šeštadienis sekmadienis
poniedziałek wtorek środa czwartek piątek sobota niedziela
pondělí úterý středa čtvrtek pátek neděle pondelok utorok streda štvrtok piatok nedeľa
ponedeljek torek sreda četrtek petek nedelja ponedjeljak ponedeljak utorak srijeda četvrtak petak subota
nedjelja
hétfő kedd szerda csütörtök péntek szombat vasárnap
luni marți marţi miercuri joi vineri sâmbătă duminică
понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс
понеділок вівторок середа четвер пʼятниця п'ятниця субота неділя
понеделник сряда четвъртък петък събота неделя понедељак уторак четвртак петак недеља
δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή
pazartesi salı çarşamba perşembe cuma cumartesi pazar
bazar_ertəsi çərşənbə_axşamı çərşənbə cümə_axşamı cümə şənbə bazar
senin selasa rabu kamis jumat jum'at sabtu minggu isnin khamis jumaat ahad
thứ_hai thứ_ba thứ_tư thứ_năm thứ_sáu thứ_bảy chủ_nhật
الأحد الاثنين الإثنين الثلاثاء الأربعاء الاربعاء الخميس الجمعة السبت
شنبه یکشنبه دوشنبه سه‌شنبه سه_شنبه چهارشنبه پنجشنبه پنج‌شنبه جمعه
پیر منگل بدھ جمعرات ہفتہ اتوار
יום_ראשון יום_שני יום_שלישי יום_רביעי יום_חמישי יום_שישי שבת
सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार
সোমবার মঙ্গলবার বুধবার বৃহস্পতিবার শুক্রবার শনিবার রবিবার
วันจันทร์ วันอังคาร วันพุธ วันพฤหัสบดี วันศุกร์ วันเสาร์ วันอาทิตย์
"""


@cache
def weekday_names() -> str:
    """The names as alternatives of a pattern, lower-case and with a capital, the longest first."""
    names = {name.replace("_", " ") for name in _NAMES.split()}
    names |= {name[0].upper() + name[1:] for name in names} | {name.title() for name in names}
    return "|".join(sorted(names, key=len, reverse=True))
