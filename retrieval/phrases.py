"""The few sentences that are the service's own, in the visitor's language. Everything else is quoted or verified."""

from __future__ import annotations

from enum import StrEnum


class Phrase(StrEnum):
    NO_ANSWER = "no_answer"  # nothing found; the contact form is offered with it
    NOTHING_YET = "nothing_yet"  # the business has not published anything
    CLOSEST = "closest"  # before a quote that may not answer
    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNCONFIRMED_PRICE = "unconfirmed_price"  # in place of what a model wrote and nobody saw
    UNCONFIRMED_TIME = "unconfirmed_time"
    UNCONFIRMED_DATE = "unconfirmed_date"
    UNCONFIRMED_PHONE = "unconfirmed_phone"
    UNCONFIRMED_MAIL = "unconfirmed_mail"
    UNCONFIRMED_LINK = "unconfirmed_link"
    UNCONFIRMED_ADDRESS = "unconfirmed_address"
    UNCONFIRMED_NAME = "unconfirmed_name"
    UNCONFIRMED_FIGURE = "unconfirmed_figure"
    UNCONFIRMED_DETAIL = "unconfirmed_detail"


_SENTENCES: dict[Phrase, dict[str, str]] = {
    Phrase.NO_ANSWER: {
        "en": "I could not find that on this site. Shall we get back to you? Leave a message, a person will answer.",
        "de": "Dazu habe ich hier nichts gefunden. Sollen wir uns melden? Hinterlassen Sie eine Nachricht.",
        "da": "Det kunne jeg ikke finde her. Skal vi vende tilbage? Læg en besked, så svarer et menneske dig.",
        "fr": "Je n’ai pas trouvé cela ici. Faut-il vous recontacter ? Laissez un message, quelqu’un vous répondra.",
        "es": "No he encontrado eso aquí. ¿Quiere que le contactemos? Deje un mensaje y una persona le responderá.",
        "it": "Qui non l’ho trovato. Vuole che la ricontattiamo? Lasci un messaggio e una persona le risponderà.",
        "nl": "Dat heb ik hier niet gevonden. Zullen we u terugbellen? Laat een bericht achter, een mens antwoordt.",
        "pt": "Não encontrei isso aqui. Quer que entremos em contacto? Deixe uma mensagem e uma pessoa responderá.",
        "sv": "Det hittade jag inte här. Ska vi höra av oss? Lämna ett meddelande, så svarar en människa.",
        "no": "Det fant jeg ikke her. Skal vi ta kontakt? Legg igjen en beskjed, så svarer et menneske deg.",
        "pl": "Tego tutaj nie ma. Czy mamy się odezwać? Proszę zostawić wiadomość, odpowie człowiek.",
        "ro": "Nu am găsit asta aici. Lăsați un mesaj și o persoană vă va răspunde.",
        "tr": "Bunu burada bulamadım. Bir mesaj bırakın, biri size dönecektir.",
        "fi": "En löytänyt sitä täältä. Jätä viesti, niin joku palaa asiaan.",
        "cs": "To jsem zde nenašel. Zanechte zprávu a někdo se vám ozve.",
        "ar": "لم أجد ذلك هنا. اترك رسالة وسيعود إليك أحد الأشخاص.",
        "zh": "这里没有找到相关信息。请留言，会有人与您联系。",
        "ja": "こちらでは見つかりませんでした。メッセージを残していただければ、担当者がご連絡します。",
    },
    Phrase.NOTHING_YET: {
        "en": "There is nothing here to answer from yet. Leave a message, and a person will get back to you.",
        "de": "Hier ist noch nichts hinterlegt. Schreiben Sie eine Nachricht, dann meldet sich jemand bei Ihnen.",
        "da": "Der er endnu ikke noget at svare ud fra. Læg en besked, så vender et menneske tilbage til dig.",
        "fr": "Il n’y a encore rien ici pour répondre. Laissez un message, et quelqu’un vous répondra.",
        "es": "Todavía no hay nada aquí con lo que responder. Deje un mensaje y una persona le responderá.",
        "it": "Qui non c’è ancora nulla. Lasci un messaggio e qualcuno le risponderà.",
        "nl": "Hier staat nog niets om uit te antwoorden. Laat een bericht achter, dan neemt iemand contact op.",
        "pt": "Ainda não há nada aqui para responder. Deixe uma mensagem e uma pessoa irá responder.",
        "sv": "Här finns ännu inget att svara utifrån. Lämna ett meddelande, så återkommer en person till dig.",
        "no": "Det er ikke noe å svare ut fra ennå. Legg igjen en beskjed, så svarer et menneske deg.",
        "pl": "Nie ma tu jeszcze nic, na co można odpowiedzieć. Proszę zostawić wiadomość, a ktoś się odezwie.",
    },
    Phrase.CLOSEST: {
        "en": "This is the closest I found:",
        "de": "Das ist das Nächste, was ich gefunden habe:",
        "da": "Det nærmeste, jeg fandt, er:",
        "fr": "Voici ce que j’ai trouvé de plus proche :",
        "es": "Esto es lo más parecido que he encontrado:",
        "it": "Questo è quanto di più vicino ho trovato:",
        "nl": "Dit komt er het dichtst bij:",
        "pt": "Isto é o mais próximo que encontrei:",
        "sv": "Det närmaste jag hittade är:",
        "no": "Det nærmeste jeg fant, er:",
        "pl": "Najbliższe, co znalazłem:",
        "ro": "Acesta este cel mai apropiat lucru pe care l-am găsit:",
        "tr": "Bulduğum en yakın bilgi:",
        "ar": "هذا أقرب ما وجدته:",
        "zh": "这是我找到的最接近的内容：",
        "ja": "最も近い内容はこちらです：",
        "fi": "Lähimpänä on tämä:",
        "cs": "Nejblíže je toto:",
    },
    Phrase.EMPTY: {
        "en": "Please write a question.",
        "de": "Bitte schreiben Sie eine Frage.",
        "da": "Skriv et spørgsmål.",
        "fr": "Écrivez une question, s’il vous plaît.",
        "es": "Escriba una pregunta, por favor.",
        "it": "Scriva una domanda, per favore.",
        "nl": "Schrijf een vraag.",
        "pt": "Escreva uma pergunta, por favor.",
        "sv": "Skriv en fråga.",
        "no": "Skriv et spørsmål.",
        "pl": "Proszę napisać pytanie.",
    },
    Phrase.TOO_LONG: {
        "en": "That is too long for one question. Please ask it in fewer words.",
        "de": "Das ist für eine Frage zu lang. Bitte fragen Sie kürzer.",
        "da": "Det er for langt til ét spørgsmål. Spørg kortere.",
        "fr": "C’est trop long pour une question. Posez-la plus brièvement, s’il vous plaît.",
        "es": "Es demasiado largo para una pregunta. Pregunte con menos palabras, por favor.",
        "it": "È troppo lungo per una domanda. La scriva più breve, per favore.",
        "nl": "Dat is te lang voor één vraag. Stel hem korter.",
        "pt": "É demasiado longo para uma pergunta. Pergunte com menos palavras, por favor.",
        "sv": "Det är för långt för en fråga. Fråga kortare.",
        "no": "Det er for langt for ett spørsmål. Spør kortere.",
        "pl": "To za długie na jedno pytanie. Proszę zapytać krócej.",
    },
    Phrase.UNCONFIRMED_PRICE: {
        "en": "I could not confirm the price.",
        "de": "Den Preis konnte ich nicht bestätigen.",
        "da": "Prisen kunne jeg ikke bekræfte.",
        "fr": "Je n’ai pas pu confirmer le prix.",
        "es": "No he podido confirmar el precio.",
        "it": "Non ho potuto confermare il prezzo.",
        "nl": "De prijs kon ik niet bevestigen.",
        "pt": "Não consegui confirmar o preço.",
        "sv": "Priset kunde jag inte bekräfta.",
        "no": "Prisen kunne jeg ikke bekrefte.",
        "pl": "Nie udało mi się potwierdzić ceny.",
    },
    Phrase.UNCONFIRMED_TIME: {
        "en": "I could not confirm the time.",
        "de": "Die Uhrzeit konnte ich nicht bestätigen.",
        "da": "Tidspunktet kunne jeg ikke bekræfte.",
        "fr": "Je n’ai pas pu confirmer l’heure.",
        "es": "No he podido confirmar la hora.",
        "it": "Non ho potuto confermare l’orario.",
        "nl": "De tijd kon ik niet bevestigen.",
        "pt": "Não consegui confirmar a hora.",
        "sv": "Tiden kunde jag inte bekräfta.",
        "no": "Tidspunktet kunne jeg ikke bekrefte.",
        "pl": "Nie udało mi się potwierdzić godziny.",
    },
    Phrase.UNCONFIRMED_DATE: {
        "en": "I could not confirm the date.",
        "de": "Das Datum konnte ich nicht bestätigen.",
        "da": "Datoen kunne jeg ikke bekræfte.",
        "fr": "Je n’ai pas pu confirmer la date.",
        "es": "No he podido confirmar la fecha.",
        "it": "Non ho potuto confermare la data.",
        "nl": "De datum kon ik niet bevestigen.",
        "pt": "Não consegui confirmar a data.",
        "sv": "Datumet kunde jag inte bekräfta.",
        "no": "Datoen kunne jeg ikke bekrefte.",
        "pl": "Nie udało mi się potwierdzić daty.",
    },
    Phrase.UNCONFIRMED_PHONE: {
        "en": "I could not confirm the phone number.",
        "de": "Die Telefonnummer konnte ich nicht bestätigen.",
        "da": "Telefonnummeret kunne jeg ikke bekræfte.",
        "fr": "Je n’ai pas pu confirmer le numéro de téléphone.",
        "es": "No he podido confirmar el número de teléfono.",
        "it": "Non ho potuto confermare il numero di telefono.",
        "nl": "Het telefoonnummer kon ik niet bevestigen.",
        "pt": "Não consegui confirmar o número de telefone.",
        "sv": "Telefonnumret kunde jag inte bekräfta.",
        "no": "Telefonnummeret kunne jeg ikke bekrefte.",
        "pl": "Nie udało mi się potwierdzić numeru telefonu.",
    },
    Phrase.UNCONFIRMED_MAIL: {
        "en": "I could not confirm the e-mail address.",
        "de": "Die E-Mail-Adresse konnte ich nicht bestätigen.",
        "da": "E-mailadressen kunne jeg ikke bekræfte.",
        "fr": "Je n’ai pas pu confirmer l’adresse e-mail.",
        "es": "No he podido confirmar la dirección de correo.",
        "it": "Non ho potuto confermare l’indirizzo e-mail.",
        "nl": "Het e-mailadres kon ik niet bevestigen.",
        "pt": "Não consegui confirmar o endereço de e-mail.",
        "sv": "E-postadressen kunde jag inte bekräfta.",
        "no": "E-postadressen kunne jeg ikke bekrefte.",
        "pl": "Nie udało mi się potwierdzić adresu e-mail.",
    },
    Phrase.UNCONFIRMED_LINK: {
        "en": "I could not confirm the link.",
        "de": "Den Link konnte ich nicht bestätigen.",
        "da": "Linket kunne jeg ikke bekræfte.",
        "fr": "Je n’ai pas pu confirmer le lien.",
        "es": "No he podido confirmar el enlace.",
        "it": "Non ho potuto confermare il link.",
        "nl": "De link kon ik niet bevestigen.",
        "pt": "Não consegui confirmar a ligação.",
        "sv": "Länken kunde jag inte bekräfta.",
        "no": "Lenken kunne jeg ikke bekrefte.",
        "pl": "Nie udało mi się potwierdzić linku.",
    },
    Phrase.UNCONFIRMED_ADDRESS: {
        "en": "I could not confirm the address.",
        "de": "Die Adresse konnte ich nicht bestätigen.",
        "da": "Adressen kunne jeg ikke bekræfte.",
        "fr": "Je n’ai pas pu confirmer l’adresse.",
        "es": "No he podido confirmar la dirección.",
        "it": "Non ho potuto confermare l’indirizzo.",
        "nl": "Het adres kon ik niet bevestigen.",
        "pt": "Não consegui confirmar a morada.",
        "sv": "Adressen kunde jag inte bekräfta.",
        "no": "Adressen kunne jeg ikke bekrefte.",
        "pl": "Nie udało mi się potwierdzić adresu.",
    },
    Phrase.UNCONFIRMED_NAME: {
        "en": "I could not confirm the name.",
        "de": "Den Namen konnte ich nicht bestätigen.",
        "da": "Navnet kunne jeg ikke bekræfte.",
        "fr": "Je n’ai pas pu confirmer le nom.",
        "es": "No he podido confirmar el nombre.",
        "it": "Non ho potuto confermare il nome.",
        "nl": "De naam kon ik niet bevestigen.",
        "pt": "Não consegui confirmar o nome.",
        "sv": "Namnet kunde jag inte bekräfta.",
        "no": "Navnet kunne jeg ikke bekrefte.",
        "pl": "Nie udało mi się potwierdzić nazwy.",
    },
    Phrase.UNCONFIRMED_FIGURE: {
        "en": "I could not confirm the figure.",
        "de": "Die Zahl konnte ich nicht bestätigen.",
        "da": "Tallet kunne jeg ikke bekræfte.",
        "fr": "Je n’ai pas pu confirmer le chiffre.",
        "es": "No he podido confirmar la cifra.",
        "it": "Non ho potuto confermare la cifra.",
        "nl": "Het getal kon ik niet bevestigen.",
        "pt": "Não consegui confirmar o número.",
        "sv": "Siffran kunde jag inte bekräfta.",
        "no": "Tallet kunne jeg ikke bekrefte.",
        "pl": "Nie udało mi się potwierdzić liczby.",
    },
    Phrase.UNCONFIRMED_DETAIL: {
        "en": "I could not confirm one of the details.",
        "de": "Eine Einzelheit konnte ich nicht bestätigen.",
        "da": "En enkelthed kunne jeg ikke bekræfte.",
        "fr": "Je n’ai pas pu confirmer un détail.",
        "es": "No he podido confirmar un detalle.",
        "it": "Non ho potuto confermare un dettaglio.",
        "nl": "Een detail kon ik niet bevestigen.",
        "pt": "Não consegui confirmar um pormenor.",
        "sv": "En detalj kunde jag inte bekräfta.",
        "no": "En detalj kunne jeg ikke bekrefte.",
        "pl": "Nie udało mi się potwierdzić jednego szczegółu.",
    },
}


def say(phrase: Phrase, language: str) -> str:
    """In this language, else in English."""
    sentences = _SENTENCES[phrase]
    return sentences.get("no" if language in ("nb", "nn") else language, sentences["en"])
