"""Words of eleven languages about days, hours and dates. Data only; words.py gives them their meaning.

Names are parted by commas, the seven days and twelve months by bars. Lower case, curly quotes as straight ones.
"""

from __future__ import annotations

# fmt: off
DAYS: dict[str, str] = {
    "en": (
        "monday,mondays,mon,mo|tuesday,tuesdays,tue,tues,tu|wednesday,wednesdays,wed,weds|thursday,thursdays,thu,"
        "thur,thurs,th|friday,fridays,fri,fr|saturday,saturdays,sat,sa|sunday,sundays,sun,su"
    ),
    "de": (
        "montag,montags,mo,mon|dienstag,dienstags,di|mittwoch,mittwochs,mi|donnerstag,donnerstags,do,don|freitag,"
        "freitags,fr,fre|samstag,samstags,sonnabend,sonnabends,sa,sam|sonntag,sonntags,sonn,so,son"
    ),
    "da": (
        "mandag,mandage,mandags,man,ma|tirsdag,tirsdage,tirs,tir,ti|onsdag,onsdage,ons,on|torsdag,torsdage,tors,"
        "tor,to|fredag,fredage,fre,fr|lørdag,lørdage,lør,lø|søndag,søndage,søn,sø"
    ),
    "fr": (
        "lundi,lundis,lun,lu|mardi,mardis,mar,ma|mercredi,mercredis,mer,me|jeudi,jeudis,jeu,je|vendredi,"
        "vendredis,ven,ve|samedi,samedis,sam,sa|dimanche,dimanches,dim,di"
    ),
    "es": (
        "lunes,lun|martes,mar|miércoles,miercoles,mié,mie|jueves,jue|viernes,vie|sábado,sabado,sábados,sabados,"
        "sáb,sab|domingo,domingos,dom"
    ),
    "it": (
        "lunedì,lunedi,lun|martedì,martedi,mar|mercoledì,mercoledi,mer|giovedì,giovedi,gio|venerdì,venerdi,ven|"
        "sabato,sab|domenica,dom"
    ),
    "nl": (
        "maandag,maandags,ma|dinsdag,dinsdags,di|woensdag,woensdags,wo|donderdag,donderdags,do|vrijdag,vrijdags,"
        "vr|zaterdag,zaterdags,za|zondag,zondags,zo"
    ),
    "sv": (
        "måndag,måndagar,mån,må|tisdag,tisdagar,tis,ti|onsdag,onsdagar,ons,on|torsdag,torsdagar,tors,tor,to|"
        "fredag,fredagar,fre,fr|lördag,lördagar,lör,lö|söndag,söndagar,sön,sö"
    ),
    "no": (
        "mandag,mandager,man,ma|tirsdag,tirsdager,tirs,tir,ti|onsdag,onsdager,ons,on|torsdag,torsdager,tors,tor,"
        "to|fredag,fredager,fre,fr|lørdag,lørdager,lør,lø|søndag,søndager,søn,sø"
    ),
    "pt": (
        "segunda-feira,segundas-feiras,segunda,seg,2ª feira|terça-feira,terças-feiras,terça,ter|quarta-feira,"
        "quartas-feiras,quarta,qua|quinta-feira,quintas-feiras,quinta,qui|sexta-feira,sextas-feiras,sexta,sex|"
        "sábado,sábados,sáb|domingo,domingos,dom"
    ),
    "pl": (
        "poniedziałek,poniedziałku,poniedziałki,pon,pn|wtorek,wtorku,wtorki,wt|środa,środę,środy,śr|czwartek,"
        "czwartku,czwartki,czw,cz|piątek,piątku,piątki,pt,pią|sobota,sobotę,soboty,sob,sb|niedziela,niedzielę,"
        "niedziele,niedz,nd,ndz"
    ),
}

MONTHS: dict[str, str] = {
    "en": (
        "january,jan|february,feb|march,mar|april,apr|may|june,jun|july,jul|august,aug|september,sept,sep|"
        "october,oct|november,nov|december,dec"
    ),
    "de": (
        "januar,jänner,jan|februar,feb|märz,mrz,mär|april,apr|mai|juni,jun|juli,jul|august,aug|september,sept,"
        "sep|oktober,okt|november,nov|dezember,dez"
    ),
    "da": (
        "januar,jan|februar,feb|marts,mar|april,apr|maj|juni,jun|juli,jul|august,aug|september,sept,sep|oktober,"
        "okt|november,nov|december,dec"
    ),
    "fr": (
        "janvier,janv|février,fevrier,févr|mars|avril,avr|mai|juin|juillet,juil|août,aout|septembre,sept|octobre,"
        "oct|novembre,nov|décembre,decembre,déc"
    ),
    "es": (
        "enero,ene|febrero,feb|marzo|abril,abr|mayo|junio,jun|julio,jul|agosto,ago|septiembre,setiembre,sept,sep|"
        "octubre,oct|noviembre,nov|diciembre,dic"
    ),
    "it": (
        "gennaio,gen|febbraio,feb|marzo|aprile,apr|maggio,mag|giugno,giu|luglio,lug|agosto,ago|settembre,set|"
        "ottobre,ott|novembre,nov|dicembre,dic"
    ),
    "nl": (
        "januari,jan|februari,feb|maart,mrt|april,apr|mei|juni,jun|juli,jul|augustus,aug|september,sept,sep|"
        "oktober,okt|november,nov|december,dec"
    ),
    "sv": (
        "januari,jan|februari,feb|mars|april,apr|maj|juni,jun|juli,jul|augusti,aug|september,sept,sep|oktober,"
        "okt|november,nov|december,dec"
    ),
    "no": (
        "januar,jan|februar,feb|mars|april,apr|mai|juni,jun|juli,jul|august,aug|september,sept,sep|oktober,okt|"
        "november,nov|desember,des"
    ),
    "pt": (
        "janeiro,jan|fevereiro,fev|março,marco|abril,abr|maio|junho,jun|julho,jul|agosto,ago|setembro,set|"
        "outubro,out|novembro,nov|dezembro,dez"
    ),
    "pl": (
        "stycznia,styczeń,sty|lutego,luty|marca,marzec|kwietnia,kwiecień,kwi|maja,maj|czerwca,czerwiec,cze|lipca,"
        "lipiec,lip|sierpnia,sierpień,sie|września,wrzesień,wrz|października,październik,paź|listopada,listopad,"
        "lis|grudnia,grudzień,gru"
    ),
}

_EVE, _FIRST, _SECOND, _LAST, _NEW = (12, 24), (12, 25), (12, 26), (12, 31), (1, 1)
NAMED_DAYS: dict[str, dict[tuple[int, int], str]] = {
    "en": {
        _EVE: "christmas eve",
        _FIRST: "christmas day",
        _SECOND: "boxing day",
        _LAST: "new year's eve,new years eve",
        _NEW: "new year's day,new years day",
    },
    "de": {
        _EVE: "heiligabend,heilig abend,heiliger abend,heiligen abend,weihnachtsabend",
        _FIRST: "1. weihnachtstag,1. weihnachtsfeiertag",
        _SECOND: "2. weihnachtstag,2. weihnachtsfeiertag,stephanstag",
        _LAST: "silvester,sylvester",
        _NEW: "neujahr,neujahrstag",
    },
    "da": {
        _EVE: "juleaften,juleaftensdag",
        _FIRST: "1. juledag",
        _SECOND: "2. juledag",
        _LAST: "nytårsaften,nytårsaftensdag",
        _NEW: "nytårsdag,1. nytårsdag",
    },
    "fr": {
        _EVE: "veille de noël",
        _FIRST: "noël,jour de noël,le jour de noël",
        _LAST: "saint-sylvestre",
        _NEW: "jour de l'an,nouvel an",
    },
    "es": {
        _EVE: "nochebuena",
        _FIRST: "navidad,día de navidad",
        _LAST: "nochevieja",
        _NEW: "año nuevo",
    },
    "it": {
        _EVE: "vigilia di natale",
        _FIRST: "natale,giorno di natale",
        _SECOND: "santo stefano",
        _LAST: "san silvestro",
        _NEW: "capodanno",
    },
    "nl": {
        _EVE: "kerstavond",
        _FIRST: "eerste kerstdag,1e kerstdag",
        _SECOND: "tweede kerstdag,2e kerstdag",
        _LAST: "oudejaarsdag,oudjaarsdag",
        _NEW: "nieuwjaarsdag,nieuwjaar",
    },
    "sv": {
        _EVE: "julafton",
        _FIRST: "juldagen",
        _SECOND: "annandag jul",
        _LAST: "nyårsafton",
        _NEW: "nyårsdagen",
    },
    "no": {
        _EVE: "julaften",
        _FIRST: "1. juledag",
        _SECOND: "2. juledag",
        _LAST: "nyttårsaften",
        _NEW: "1. nyttårsdag",
    },
    "pt": {
        _EVE: "véspera de natal",
        _FIRST: "natal,dia de natal",
        _LAST: "véspera de ano novo",
        _NEW: "ano novo",
    },
    "pl": {
        _EVE: "wigilia,wigilię",
        _LAST: "sylwester",
        _NEW: "nowy rok",
    },
}

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "special": (
            "special hours,holiday hours,christmas hours,special opening hours,holiday opening hours,"
            "christmas opening hours,christmas opening times,bank holiday hours,closures,closing days,exceptions,"
            "christmas,easter,holiday,vacation,xmas,thanksgiving,half term"
        ),
        "day 1-7": "daily,every day,each day,7 days a week,seven days a week,all week,everyday",
        "day 1-5": "weekdays,weekday,working days,m-f,on weekdays",
        "day 6-7": "weekends,weekend,the weekend",
        "holidays": (
            "public holidays,bank holidays,public holiday,bank holiday,national holidays,federal holidays,"
            "legal holidays,major holidays,holidays"
        ),
        "to": "to,till,til,until,through,thru",
        "and": "and,plus,as well as",
        "from": "from,between,after",
        "closed": "closed,shut,we close all day",
        "open": "open,opens,opened",
        "head": (
            "opening hours,opening times,business hours,store hours,hours of business,hours of operation,"
            "hours of opening,open hours,trading hours,regular hours,normal hours,hours,when we're open,"
            "opening days,opening"
        ),
        "we": "we,we're,we are",
        "fill": (
            "are,is,our,on,at,the,of,for,you,o'clock,each,every,time,times,day,days,s,hrs,will,be,remain,also,too"
        ),
        "clock": "o'clock,h,hrs",
        "am": "am,a.m.,a.m,a m",
        "pm": "pm,p.m.,p.m,p m",
        "noon": "noon,midday,12 noon",
        "midnight": "midnight,12 midnight",
        "part": (
            "morning,mornings,afternoon,afternoons,evening,evenings,opens,closes,opening time,closing time,open,"
            "close"
        ),
        "phone": "phone,phones,telephone,tel,call,calls,hotline,helpline,phone line,phone lines,lines",
        "season": (
            "summer,winter,spring,autumn,season,summer hours,winter hours,high season,low season,off season,"
            "summer opening hours,winter opening hours,summer season,winter season,ramadan,this week,next week,today"
        ),
        "except": "except,excluding,excl,but not,other than",
        "like": "as on,same as,like",
        "by_appointment": (
            "by appointment,by appointment only,by arrangement,appointment only,appointments only,"
            "by prior arrangement,by prior appointment,on request"
        ),
        "last_entry": "last admission,last entry,last entrance,last admissions,last orders",
        "always": "24 hours,24/7,24 hours a day,24h,around the clock",
        "general": (
            "contact,contact us,contacts,get in touch,find us,visit us,visit,visitor information,plan your visit,"
            "where to find us,how to find us,home,homepage,welcome,about,about us,info,information,imprint,"
            "location,directions,address,practice,salon,our practice,our salon,holidays,and more,"
            "practical information,key facts,at a glance,legal notice,welcome to,come and see us,"
            "faq,faqs,frequently asked questions,questions and answers"
        ),
        "break": "closed for lunch,lunch break,lunchtime closing,lunch closed,closed over lunch,break",
    },
    "de": {
        "special": (
            "sonderöffnungszeiten,feiertagsöffnungszeiten,öffnungszeiten an feiertagen,"
            "abweichende öffnungszeiten,besondere öffnungszeiten,weihnachtsöffnungszeiten,schließtage,"
            "schließzeiten,ausnahmen,weihnachten,ostern,ferien,urlaub,pfingsten,jahreswechsel,"
            "feiertage und ferien"
        ),
        "day 1-7": "täglich,tgl,jeden tag,alle tage,an allen tagen,7 tage die woche",
        "day 1-5": "werktags,wochentags,unter der woche,werktage",
        "day 6-7": "wochenende,am wochenende,wochenenden",
        "holidays": (
            "feiertags,feiertage,feiertag,feiertagen,gesetzliche feiertage,gesetzlichen feiertagen,an feiertagen,"
            "feiert,gesetzlicher feiertag"
        ),
        "to": "bis",
        "and": "und,sowie,u,bzw",
        "from": "von,ab,zwischen,vom",
        "closed": (
            "geschlossen,ruhetag,ruhetage,geschl,betriebsferien,betriebsurlaub,urlaub,keine sprechstunde,"
            "schließtag"
        ),
        "open": "geöffnet,offen,öffnet,haben auf",
        "head": (
            "öffnungszeiten,öffnungszeit,geschäftszeiten,ladenöffnungszeiten,ladenzeiten,sprechzeiten,"
            "praxiszeiten,sprechstundenzeiten,betriebszeiten,badezeiten,öffnungstage,unsere zeiten,"
            "oeffnungszeiten,sprechstunden,allgemeine öffnungszeiten,reguläre öffnungszeiten,"
            "normale öffnungszeiten,aktuelle öffnungszeiten,geöffnet"
        ),
        "we": "wir,wir haben",
        "fill": (
            "haben,sind,ist,uhr,am,an,im,in,den,dem,der,die,das,unser,unsere,unseren,für,sie,euch,zu,immer,"
            "jeweils,durchgehend,uhrzeit,zeit,zeiten,tag,tage,auf,jeden,allen,hier,std,gerne,bleiben,bleibt,"
            "wieder"
        ),
        "clock": "uhr,h,std",
        "noon": "mittag,mittags",
        "midnight": "mitternacht",
        "part": (
            "vorm,nachm,vormittag,vormittags,nachmittag,nachmittags,morgens,abends,abend,früh,von,bis,und von,"
            "öffnet,schließt"
        ),
        "phone": (
            "telefon,tel,telefonisch,telefonische,telefonzeiten,telefonisch erreichbar,hotline,erreichbar,"
            "telefonsprechzeiten,telefonische erreichbarkeit,telefonische sprechzeiten"
        ),
        "season": (
            "sommer,winter,frühling,herbst,frühjahr,saison,sommersaison,wintersaison,sommerzeit,winterzeit,"
            "sommeröffnungszeiten,winteröffnungszeiten,sommerhalbjahr,winterhalbjahr,hauptsaison,nebensaison,"
            "ramadan,diese woche,nächste woche,heute"
        ),
        "except": "außer,ausser,ausgenommen,nicht",
        "like": "wie,siehe,wie an",
        "by_appointment": (
            "nach vereinbarung,nach absprache,nach terminvereinbarung,termine nach vereinbarung,n. v.,"
            "nur nach vereinbarung,nach telefonischer vereinbarung,mit termin,auf anfrage"
        ),
        "last_entry": "letzter einlass,einlass,kassenschluss,letzter eintritt,badeschluss",
        "always": "rund um die uhr,24 stunden,24/7,24h",
        "general": (
            "kontakt,anfahrt,kontakt & anfahrt,impressum,adresse,anschrift,so finden sie uns,standort,startseite,"
            "home,willkommen,herzlich willkommen,herzlich willkommen bei,über uns,wir über uns,info,infos,"
            "informationen,praxis,unsere praxis,praxisinformationen,salon,kanzlei,auf einen blick,"
            "hier finden sie uns,feiertage,service,besuchen sie uns,ihr besuch,wichtige informationen,lage,"
            "kontaktdaten,willkommen bei,willkommen in,wo sie uns finden,faq,häufige fragen,"
            "häufig gestellte fragen,fragen und antworten"
        ),
        "break": "mittagspause,mittags geschlossen,über mittag geschlossen,mittags zu,pause,mittagsruhe",
    },
    "da": {
        "special": (
            "særlige åbningstider,åbningstider i julen,juleåbningstider,helligdagsåbningstider,lukkedage,jul,"
            "påske,ferie,julen,påsken,nytår"
        ),
        "day 1-7": "dagligt,hver dag,alle dage,alle ugens dage",
        "day 1-5": "hverdage,hverdag,alle hverdage,ugedage",
        "day 6-7": "weekend,weekender,i weekenden",
        "holidays": "helligdage,helligdag,helligdagene,på helligdage,søgnehelligdage",
        "to": "til",
        "and": "og,samt",
        "from": "fra,mellem,efter",
        "closed": "lukket,ferielukket,lukker ikke op,holder lukket",
        "open": "åben,åbent,åbner",
        "head": (
            "åbningstider,åbningstid,åbningstiderne,vores åbningstider,åbent,aabningstider,"
            "butikkens åbningstider,klinikkens åbningstider,klinikkens åbningstid"
        ),
        "we": "vi,vi har",
        "fill": "har,er,kl,klokken,vores,om,på,i,den,for,d,alle,dag,dage,holder,tid",
        "clock": "kl,klokken",
        "noon": "middag",
        "midnight": "midnat",
        "part": "formiddag,eftermiddag,aften,morgen,fra,til",
        "phone": "telefon,tlf,telefontid,telefonen,telefonisk,telefontider,telefonåbningstid",
        "season": "sommer,vinter,forår,efterår,sæson,højsæson,lavsæson,vinterhalvåret,sommerhalvåret,denne uge,i dag",
        "except": "undtagen,dog ikke,bortset fra",
        "like": "som",
        "by_appointment": "efter aftale,kun efter aftale,efter nærmere aftale",
        "last_entry": "sidste indgang,sidste billetsalg",
        "always": "døgnet rundt,hele døgnet,24/7",
        "general": (
            "kontakt,kontakt os,find vej,find os,adresse,forside,velkommen,velkommen til,om os,info,information,"
            "praktisk information,praktisk info,klinikken,besøg os,her finder du os,tandklinikken,om klinikken,"
            "faq,ofte stillede spørgsmål,spørgsmål og svar"
        ),
        "break": "frokostlukket,lukket i frokostpausen,frokostpause,middagslukket,frokost lukket",
    },
    "fr": {
        "special": (
            "horaires exceptionnels,horaires de noël,fermetures exceptionnelles,fermetures,noël,vacances,pâques,"
            "fêtes"
        ),
        "day 1-7": "tous les jours,7j/7,7 jours sur 7,quotidiennement,tous les jours de la semaine",
        "day 1-5": "en semaine,jours ouvrables",
        "day 6-7": "week-end,le week-end,weekend",
        "holidays": "jours fériés,jour férié,fériés,jours feries,les jours fériés",
        "to": "à,a,au,jusqu'à,jusqu'au",
        "and": "et,puis,ainsi que",
        "from": "de,du,dès,des,entre,à partir de",
        "closed": "fermé,fermée,fermés,fermeture,fermeture hebdomadaire,fermeture annuelle,congés annuels,relâche",
        "open": "ouvert,ouverte,ouverts,ouvre",
        "head": (
            "horaires,horaire,horaires d'ouverture,heures d'ouverture,jours d'ouverture,ouverture,nos horaires,"
            "jours et horaires d'ouverture,horaires d'accueil"
        ),
        "we": "nous,nous sommes",
        "fill": "le,la,les,sommes,est,nos,notre,vous,heures,h,l',jour,d'ouverture,en,chaque,aux,tous",
        "clock": "h,heures,heure",
        "noon": "midi",
        "midnight": "minuit",
        "part": "matin,après-midi,soir,le matin,l'après-midi,le soir,ouverture,fermeture,de,à",
        "phone": "téléphone,tél,tel,téléphonique,standard,permanence téléphonique",
        "season": (
            "été,hiver,printemps,automne,saison,haute saison,basse saison,hors saison,horaires d'été,"
            "horaires d'hiver,cette semaine,aujourd'hui"
        ),
        "except": "sauf,hors,excepté",
        "like": "comme",
        "by_appointment": "sur rendez-vous,sur rdv,uniquement sur rendez-vous,sur réservation",
        "last_entry": "dernière entrée,dernières entrées",
        "always": "24h/24,24h sur 24,24/7",
        "general": (
            "contact,contactez-nous,nous contacter,nous trouver,accès,adresse,accueil,bienvenue,à propos,"
            "infos pratiques,informations pratiques,informations,mentions légales,coordonnées,nous rendre visite,"
            "plan d'accès,contact et accès,horaires et accès,le cabinet,venir nous voir,où nous trouver,"
            "faq,foire aux questions,questions fréquentes"
        ),
        "break": "pause déjeuner,fermé le midi,pause de midi,fermé entre midi et deux",
    },
    "es": {
        "special": (
            "horario especial,horarios especiales,horario de navidad,días de cierre,navidad,vacaciones,"
            "semana santa"
        ),
        "day 1-7": "todos los días,diariamente,cada día,toda la semana",
        "day 1-5": "días laborables,entre semana,días hábiles,laborables",
        "day 6-7": "fines de semana,fin de semana",
        "holidays": "festivos,días festivos,feriados,días feriados",
        "to": "a,al,hasta",
        "and": "y,e",
        "from": "de,desde,del,entre,a partir de",
        "closed": "cerrado,cerrada,cerramos,cierre,descanso",
        "open": "abierto,abierta,abrimos,abre",
        "head": (
            "horario,horarios,horario de apertura,horarios de apertura,horario comercial,nuestro horario,"
            "horario de atención,horario de atención al público,horas de apertura"
        ),
        "we": "nosotros,estamos",
        "fill": "el,la,los,las,nuestro,nuestra,h,hs,hrs,horas,de,por,lo,día,en",
        "clock": "h,hs,hrs,horas",
        "am": "a.m.,am",
        "pm": "p.m.,pm",
        "noon": "mediodía",
        "midnight": "medianoche",
        "part": "mañana,mañanas,tarde,tardes,noche,por la mañana,por la tarde,mediodía,apertura,cierre",
        "phone": "teléfono,tel,tfno,telefónica,telefónico",
        "season": (
            "verano,invierno,primavera,otoño,temporada,temporada alta,temporada baja,horario de verano,"
            "horario de invierno,esta semana,hoy"
        ),
        "except": "excepto,salvo,menos",
        "like": "como",
        "by_appointment": "con cita previa,cita previa,previa cita,bajo cita",
        "last_entry": "última entrada,último acceso",
        "always": "24 horas,24/7",
        "general": (
            "contacto,contáctanos,cómo llegar,dónde estamos,inicio,bienvenidos,sobre nosotros,quiénes somos,"
            "información,aviso legal,ubicación,dirección,visítanos,información práctica,encuéntranos,"
            "faq,preguntas frecuentes"
        ),
        "break": "cerrado al mediodía,pausa para comer",
    },
    "it": {
        "special": "orari speciali,orario speciale,chiusure,giorni di chiusura,natale,ferie,pasqua,vacanze",
        "day 1-7": "tutti i giorni,ogni giorno,giornalmente,7 giorni su 7",
        "day 1-5": "giorni feriali,feriali",
        "day 6-7": "fine settimana,weekend",
        "holidays": "festivi,giorni festivi,festività",
        "to": "a,al,alle,fino a,fino alle",
        "and": "e,ed",
        "from": "da,dal,dalle,dall'",
        "closed": "chiuso,chiusa,chiusi,chiusura,riposo,giorno di chiusura,giorno di riposo,chiusura settimanale",
        "open": "aperto,aperta,aperti,apre",
        "head": (
            "orari,orario,orari di apertura,orario di apertura,orario continuato,i nostri orari,"
            "giorni di apertura,apertura"
        ),
        "we": "siamo,noi",
        "fill": "il,la,lo,le,i,gli,nostri,nostro,ore,h,di,dalle ore,ogni,sono,giorno,continuato",
        "clock": "h,ore",
        "noon": "mezzogiorno",
        "midnight": "mezzanotte",
        "part": "mattina,mattino,pomeriggio,sera,la mattina,il pomeriggio,apertura,chiusura",
        "phone": "telefono,tel,telefonico,telefonica,telefonicamente",
        "season": (
            "estate,inverno,primavera,autunno,stagione,alta stagione,bassa stagione,orario estivo,"
            "orario invernale,questa settimana,oggi"
        ),
        "except": "escluso,esclusi,tranne,eccetto",
        "like": "come",
        "by_appointment": "su appuntamento,per appuntamento,solo su appuntamento,su prenotazione",
        "last_entry": "ultimo ingresso,ultima entrata",
        "always": "24 ore su 24,24h",
        "general": (
            "contatti,contattaci,dove siamo,come raggiungerci,home,benvenuti,chi siamo,informazioni,info,"
            "indirizzo,note legali,vieni a trovarci,dove trovarci,faq,domande frequenti"
        ),
        "break": "pausa pranzo,chiuso a pranzo",
    },
    "nl": {
        "special": (
            "afwijkende openingstijden,aangepaste openingstijden,openingstijden feestdagen,sluitingsdagen,kerst,"
            "vakantie,pasen,feestdagen"
        ),
        "day 1-7": "dagelijks,elke dag,alle dagen,iedere dag,7 dagen per week",
        "day 1-5": "werkdagen,doordeweeks,op werkdagen,weekdagen",
        "day 6-7": "weekend,in het weekend,weekends",
        "holidays": "feestdagen,feestdag,officiële feestdagen,nationale feestdagen",
        "to": "tot,t/m,tot en met,tm",
        "and": "en,alsmede,alsook",
        "from": "van,vanaf,tussen",
        "closed": "gesloten,dicht,sluitingsdag,rustdag",
        "open": "open,geopend,opent",
        "head": "openingstijden,openingsuren,openingstijd,onze openingstijden,openingsdagen,geopend",
        "we": "wij,we,wij zijn",
        "fill": "zijn,is,uur,u,om,op,de,het,onze,ons,voor,elke,en van,dag,dagen,in",
        "clock": "uur,u,h",
        "midnight": "middernacht",
        "part": "ochtend,middag,avond,voormiddag,namiddag,'s ochtends,'s middags,'s avonds,van,tot",
        "phone": "telefoon,tel,telefonisch,telefonisch bereikbaar,bereikbaar",
        "season": "zomer,winter,lente,herfst,seizoen,hoogseizoen,laagseizoen,deze week,vandaag",
        "except": "behalve,uitgezonderd,m.u.v.",
        "like": "zoals,als",
        "by_appointment": "op afspraak,volgens afspraak,na afspraak,alleen op afspraak,enkel op afspraak",
        "last_entry": "laatste toegang",
        "always": "24 uur per dag,24/7",
        "general": (
            "contact,contacteer ons,neem contact op,contactgegevens,route,adres,home,welkom,welkom bij,over ons,"
            "info,informatie,praktische informatie,bezoek ons,waar vindt u ons,praktijk,onze praktijk,locatie,"
            "praktisch,faq,veelgestelde vragen"
        ),
        "break": "lunchpauze,middagpauze,tussen de middag gesloten",
    },
    "sv": {
        "special": "avvikande öppettider,speciella öppettider,öppettider i jul,jul,semester,påsk,julen",
        "day 1-7": "dagligen,varje dag,alla dagar,alla dagar i veckan",
        "day 1-5": "vardagar,vardag,på vardagar",
        "day 6-7": "helg,helger",
        "holidays": "helgdagar,helgdag,röda dagar,röd dag",
        "to": "till,til",
        "and": "och,samt",
        "from": "från,mellan",
        "closed": "stängt,stängd,semesterstängt,håller stängt",
        "open": "öppet,öppen,öppnar",
        "head": "öppettider,öppettid,våra öppettider,öppet,öppethållande,butikens öppettider",
        "we": "vi,vi har",
        "fill": "har,är,kl,klockan,våra,vår,på,i,den,för,håller,varje,dag,dagar",
        "clock": "kl,klockan",
        "midnight": "midnatt",
        "part": "förmiddag,eftermiddag,kväll,morgon,från,till",
        "phone": "telefon,tel,telefontid,telefontider,tfn",
        "season": "sommar,vinter,vår,höst,säsong,sommartid,vintertid,högsäsong,lågsäsong,denna vecka,i dag,idag",
        "except": "utom,förutom,ej",
        "like": "som",
        "by_appointment": "enligt överenskommelse,efter överenskommelse",
        "last_entry": "sista insläpp",
        "always": "dygnet runt,24/7",
        "general": (
            "kontakt,kontakta oss,hitta hit,hitta till oss,adress,hem,välkommen,välkommen till,om oss,info,"
            "information,besök oss,kliniken,praktisk information,faq,vanliga frågor"
        ),
        "break": "lunchstängt,lunch stängt,lunchpaus",
    },
    "no": {
        "special": "avvikende åpningstider,spesielle åpningstider,åpningstider i julen,jul,ferie,påske,julen",
        "day 1-7": "daglig,hver dag,alle dager",
        "day 1-5": "hverdager,ukedager,alle hverdager",
        "day 6-7": "helg,helger,helgen",
        "holidays": "helligdager,helligdag,røde dager",
        "to": "til",
        "and": "og,samt",
        "from": "fra,mellom",
        "closed": "stengt,feriestengt,lukket,holder stengt",
        "open": "åpent,åpen,åpner",
        "head": "åpningstider,åpningstid,våre åpningstider,åpent",
        "we": "vi,vi har",
        "fill": "har,er,kl,klokken,våre,på,i,den,for,holder,hver,dag,dager",
        "clock": "kl,klokken",
        "noon": "middag",
        "midnight": "midnatt",
        "part": "formiddag,ettermiddag,kveld,morgen,fra,til",
        "phone": "telefon,tlf,telefontid",
        "season": "sommer,vinter,vår,høst,sesong,høysesong,lavsesong,denne uken,i dag",
        "except": "unntatt,bortsett fra",
        "like": "som",
        "by_appointment": "etter avtale,kun etter avtale",
        "last_entry": "siste innslipp",
        "always": "døgnet rundt,24/7",
        "general": (
            "kontakt,kontakt oss,finn oss,adresse,hjem,velkommen,velkommen til,om oss,info,informasjon,"
            "praktisk informasjon,besøk oss,klinikken"
        ),
        "break": "lunsjstengt,lunsjpause,stengt for lunsj",
    },
    "pt": {
        "special": "horários especiais,horário especial,natal,férias,páscoa",
        "day 1-7": "todos os dias,diariamente,todos os dias da semana",
        "day 1-5": "dias úteis,dias da semana",
        "day 6-7": "fins de semana,fim de semana",
        "holidays": "feriados,dias feriados,feriado",
        "to": "a,à,às,ao,até,até às,as",
        "and": "e",
        "from": "de,das,da,desde,entre,a partir das",
        "closed": "fechado,fechada,encerrado,encerrada,encerra,encerramento,folga,descanso",
        "open": "aberto,aberta,abrimos,abre",
        "head": (
            "horário,horários,horário de funcionamento,horário de abertura,horario,horário de atendimento,"
            "horário comercial,nosso horário"
        ),
        "we": "estamos,nós",
        "fill": "o,os,as,h,horas,nosso,nossa,hs,na,no,aos,às,feira,ao,dia",
        "clock": "h,hs,horas",
        "noon": "meio-dia",
        "midnight": "meia-noite",
        "part": "manhã,tarde,noite,de manhã,à tarde",
        "phone": "telefone,tel,telef,telefónico",
        "season": (
            "verão,inverno,primavera,outono,época alta,época baixa,horário de verão,horário de inverno,esta semana,"
            "hoje"
        ),
        "except": "exceto,excepto,salvo",
        "like": "como",
        "by_appointment": "por marcação,sob marcação,com hora marcada,mediante marcação",
        "last_entry": "última entrada",
        "always": "24 horas,24/7",
        "general": (
            "contacto,contactos,contato,contatos,fale conosco,onde estamos,como chegar,início,bem-vindo,"
            "sobre nós,informações,localização,morada,endereço,visite-nos"
        ),
        "break": "pausa para almoço,encerra para almoço",
    },
    "pl": {
        "special": "wyjątki,święta i dni wolne,boże narodzenie,wielkanoc,ferie",
        "day 1-7": "codziennie,każdego dnia",
        "day 1-5": "dni robocze,w dni robocze,w tygodniu",
        "day 6-7": "weekend,weekendy",
        "holidays": "święta,dni świąteczne,w święta",
        "to": "do",
        "and": "i,oraz",
        "from": "od,w godzinach,w godz",
        "closed": "nieczynne,zamknięte,nieczynny,zamknięty,nieczynna",
        "open": "czynne,otwarte,czynny,otwarty,czynna",
        "head": "godziny otwarcia,godziny pracy,nasze godziny otwarcia,godziny",
        "we": "my,jesteśmy",
        "fill": "w,godz,godzina,nasze,nas,na,we,dzień,dni",
        "clock": "godz",
        "noon": "południe",
        "midnight": "północ,północy",
        "part": "rano,popołudnie,wieczór,otwarcie,zamknięcie",
        "phone": "telefon,tel,telefonicznie,infolinia",
        "season": "lato,zima,wiosna,jesień,sezon,latem,zimą,w tym tygodniu,dzisiaj,dziś",
        "except": "oprócz,z wyjątkiem,poza",
        "like": "jak",
        "by_appointment": "po umówieniu,na umówioną wizytę,po wcześniejszym umówieniu",
        "last_entry": "ostatnie wejście",
        "always": "całą dobę,24/7,24h",
        "general": (
            "kontakt,skontaktuj się,jak dojechać,dojazd,adres,strona główna,witamy,o nas,informacje,lokalizacja,"
            "odwiedź nas,święta,gdzie jesteśmy"
        ),
        "break": "przerwa,przerwa obiadowa",
    },
}
# fmt: on
