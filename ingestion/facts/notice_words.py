"""Words of eleven languages that say a business is closed for a time or for good, or keeps other hours. Data only.

Read by words.py like vocabulary.py. `notice`: closed, or otherwise than usual, for a time; `for_good`: whatever date
stands beside it, it stays so; `again`: opens once more on the date beside it, and is closed until then;
`valid`: of hours beside it, that they end or begin some day.
"""

from __future__ import annotations

# fmt: off
NOTICES: dict[str, dict[str, str]] = {
    "en": {
        "valid": "valid",
        "notice": (
            "temporarily closed,closed temporarily,temporary closure,until further notice,closed for renovation,"
            "closed for renovations,closed for refurbishment,closed due to,closed because of,closed for the season,"
            "closed for winter,closed for the winter,closed for summer,closed for the summer,closed for holidays,"
            "closed for the holidays,on holiday,on vacation,annual holiday,annual leave,annual closure,winter break,"
            "summer break,winter closure,summer closure,holiday closure,closed this,closed today,closed tomorrow,"
            "closed next,close early,closing early,closes early,close earlier,changed opening hours,"
            "amended opening hours,reduced hours,reduced opening hours,limited opening hours,limited hours,"
            "different opening hours,hours may vary,opening hours may vary,opening soon,"
            "grand opening,not open,close for lunch,closes for lunch,no service,season is over,season has ended,"
            "end of season,closed indefinitely,we are away,we're away,under renovation,"
            "walk-ins not possible,out of office"
        ),
        "for_good": (
            "permanently closed,closed permanently,closed for good,closed forever,closed our doors,closed its doors,"
            "ceased trading,gone out of business,out of business,closing down,no longer open,have now closed,"
            "has now closed,have closed down,closing for good,last day of business,last day of trading,"
            "insolvency,insolvent"
        ),
        "again": "reopening,reopen,reopens,re-open,re-opens,re-opening,open again,opens again,back open,back again",
    },
    "de": {
        "valid": "gültig,gilt,gelten",
        "notice": (
            "vorübergehend geschlossen,bis auf weiteres,zurzeit geschlossen,zur zeit geschlossen,derzeit geschlossen,"
            "momentan geschlossen,aktuell geschlossen,betriebsruhe,"
            "wegen urlaub,wegen krankheit,krankheitsbedingt,wegen umbau,wegen renovierung,wegen umzug,winterpause,"
            "sommerpause,saisonende,saison beendet,saison ist beendet,saisonpause,praxisurlaub,heute geschlossen,"
            "morgen geschlossen,geänderte öffnungszeiten,eingeschränkte öffnungszeiten,verkürzte öffnungszeiten,"
            "abweichende öffnungszeiten,nicht geöffnet,bald geöffnet,neueröffnung,eröffnung am,"
            "ferien vom,nicht besetzt,winterschlaf,wegen inventur,schließen früher,schließen wir früher,"
            "schließen bereits,schließen wir bereits"
        ),
        "for_good": (
            "dauerhaft geschlossen,endgültig geschlossen,für immer geschlossen,geschäftsaufgabe,praxisaufgabe,"
            "geschäft aufgegeben,betrieb eingestellt,den betrieb eingestellt,nicht mehr geöffnet,letzter tag,"
            "letzter öffnungstag,"
            "insolvenz,insolvent"
        ),
        "again": (
            "wiedereröffnung,öffnen wieder,wir öffnen wieder,wieder geöffnet,wieder für sie da,wieder für euch da,"
            "wieder offen"
        ),
    },
    "da": {
        "valid": "gælder",
        "notice": (
            "midlertidigt lukket,lukket indtil videre,indtil videre lukket,indtil videre,sommerferie,"
            "vinterferie,sommerlukket,vinterlukket,lukket på grund af,lukket pga,lukket grundet,holder ferie,"
            "sæsonen er slut,ændrede åbningstider,begrænsede åbningstider,lukker tidligere,lukket i dag,åbner snart"
        ),
        "for_good": "permanent lukket,lukket permanent,lukket for altid,ophørt,butikken er lukket",
        "again": "genåbner,genåbning,åbner igen,åbent igen",
    },
    "fr": {
        "valid": "valable,valables",
        "notice": (
            "temporairement fermé,temporairement fermée,fermé temporairement,fermeture temporaire,"
            "fermeture exceptionnelle,exceptionnellement fermé,fermeture estivale,"
            "fermeture hivernale,jusqu'à nouvel ordre,en congés,en vacances,fermé pour,"
            "fermé pour travaux,fermé aujourd'hui,horaires modifiés,horaires réduits,ouverture prochaine"
        ),
        "for_good": "définitivement fermé,fermé définitivement,fermeture définitive,cessation d'activité",
        "again": "réouverture,rouvre,rouvrons,rouvrira",
    },
    "es": {
        "valid": "válido",
        "notice": (
            "temporalmente cerrado,cerrado temporalmente,cierre temporal,hasta nuevo aviso,cerrado por,"
            "cerrado por vacaciones,de vacaciones,cierre por vacaciones,horario reducido,próxima apertura"
        ),
        "for_good": "permanentemente cerrado,cerrado permanentemente,cerrado definitivamente,cierre definitivo",
        "again": "reapertura,reabrimos,volvemos a abrir",
    },
    "it": {
        "valid": "valido,validi",
        "notice": (
            "temporaneamente chiuso,chiuso temporaneamente,chiusura temporanea,fino a nuovo avviso,chiuso per,"
            "chiuso per ferie,chiusura per ferie,chiusura estiva,chiusura invernale,in ferie,orario ridotto,"
            "prossima apertura"
        ),
        "for_good": "definitivamente chiuso,chiuso definitivamente,chiusura definitiva,cessata attività",
        "again": "riapertura,riapriamo,riapre",
    },
    "nl": {
        "valid": "geldig,geldt,gelden",
        "notice": (
            "tijdelijk gesloten,gesloten tot nader order,tot nader order,gesloten wegens,wegens vakantie,met vakantie,"
            "op vakantie,wintersluiting,zomersluiting,winterstop,zomerstop,aangepaste openingstijden,"
            "gewijzigde openingstijden,binnenkort open"
        ),
        "for_good": "permanent gesloten,definitief gesloten,voorgoed gesloten",
        "again": "heropening,heropent,weer open,opent weer",
    },
    "sv": {
        "valid": "gäller",
        "notice": (
            "tillfälligt stängt,tills vidare,stängt tills vidare,sommarstängt,vinterstängt,"
            "stängt på grund av,stängt pga,har semester,ändrade öppettider,begränsade öppettider,öppnar snart"
        ),
        "for_good": "permanent stängt,stängt för gott,har stängt för gott,upphört",
        "again": "öppnar igen,öppnar åter,öppet igen",
    },
    "no": {
        "valid": "gjelder",
        "notice": (
            "midlertidig stengt,inntil videre,stengt inntil videre,sommerstengt,vinterstengt,"
            "stengt på grunn av,stengt pga,har ferie,endrede åpningstider,begrensede åpningstider,åpner snart"
        ),
        "for_good": "permanent stengt,stengt for godt,nedlagt,opphørt",
        "again": "gjenåpner,gjenåpning,åpner igjen,åpent igjen",
    },
    "pt": {
        "valid": "válido",
        "notice": (
            "temporariamente fechado,fechado temporariamente,temporariamente encerrado,encerrado temporariamente,"
            "encerramento temporário,até novo aviso,fechado para,encerrado para,encerrado para férias,de férias,"
            "em férias,horário reduzido,brevemente"
        ),
        "for_good": (
            "permanentemente fechado,fechado permanentemente,permanentemente encerrado,encerrado definitivamente"
        ),
        "again": "reabertura,reabrimos,reabre",
    },
    "pl": {
        "valid": "obowiązuje,obowiązują,ważne",
        "notice": (
            "tymczasowo zamknięte,tymczasowo nieczynne,chwilowo nieczynne,do odwołania,nieczynne do odwołania,urlop,"
            "przerwa urlopowa,przerwa zimowa,przerwa letnia,zmienione godziny otwarcia,wkrótce otwarcie"
        ),
        "for_good": "zamknięte na stałe,zlikwidowany,zakończenie działalności",
        "again": "ponowne otwarcie,ponownie otwarte",
    },
}

# Beside "by appointment": that there is no other way in.
ONLY = frozenset(
    "only nur ausschließlich kun bare uniquement exclusivement seulement solo sólo únicamente soltanto esclusivamente "
    "alleen enkel uitsluitend endast apenas somente exclusivamente tylko wyłącznie".split()
)
# What a feast is called, and when its hours may count. Other names of a part of the year count all year.
_CHRISTMAS, _EASTER = ("--12-15", "--01-10"), ("--03-15", "--06-15")
FEASTS: dict[str, tuple[str, str]] = {
    "christmas": _CHRISTMAS, "xmas": _CHRISTMAS, "weihnachten": _CHRISTMAS, "jahreswechsel": _CHRISTMAS,
    "jul": _CHRISTMAS, "julen": _CHRISTMAS, "nytår": _CHRISTMAS, "noël": _CHRISTMAS, "navidad": _CHRISTMAS,
    "natale": _CHRISTMAS, "kerst": _CHRISTMAS, "natal": _CHRISTMAS, "easter": _EASTER, "ostern": _EASTER,
    "pfingsten": _EASTER, "påske": _EASTER, "påsken": _EASTER, "påsk": _EASTER, "pâques": _EASTER, "pasqua": _EASTER,
    "pasen": _EASTER, "páscoa": _EASTER, "wielkanoc": _EASTER,
}
# fmt: on
