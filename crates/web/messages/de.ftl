# Die Texte der Seiten auf Deutsch. Dieselben Meldungen in derselben Reihenfolge wie in en.ftl.

## Frame

skip-link = Zum Inhalt springen
language-label = Sprache
language-name = Deutsch
footer-by = Geschützt durch Countersign
menu = Menü
nav-label = Hauptnavigation
nav-own = Ihr Konto
nav-security = Sicherheit
nav-activity = Aktivität
nav-sessions = Sitzungen
nav-trusted-devices = Vertrauenswürdige Geräte
nav-password = Passwort
nav-administration = Verwaltung
nav-admin-accounts = Konten
nav-admin-policy = Richtlinie
nav-admin-appearance = Aussehen
nav-admin-audit = Protokoll
nav-admin-statistics = Statistik
nav-admin-api-keys = API-Schlüssel
nav-admin-realms = Bereiche
sign-out = Abmelden
pager-label = Seiten
pager-first = Zum Anfang
pager-next = Weitere anzeigen
pager-previous = Zurück
pager-following = Weiter

## Words and buttons that several pages share

continue = Weiter
cancel = Abbrechen
save = Speichern
change = Ändern
remove = Entfernen
remove-named = { $name } entfernen
rename = Umbenennen
copy = Kopieren
copied = Kopiert
download = Herunterladen
downloaded = Als Datei gespeichert
print = Drucken
never = Nie
start-over = Von vorn beginnen
back-to-security = Zurück zur Sicherheit
way-back = Zurück zu { $host }
continue-as = Weiter als { $login }
sign-in-or-other = oder als jemand anderes
sign-in-awaits-owner = Hier hat noch niemand ein Konto. Wer diesen Dienst gestartet hat, findet in dessen Ausgabe einen Link, mit dem das erste Konto angelegt wird; ein Neustart gibt einen weiteren aus.
login-label = E-Mail-Adresse oder Benutzername
password-label = Passwort
password-show = Zeigen
password-hide = Verbergen
password-again-label = Passwort wiederholen
new-password-label = Neues Passwort
new-password-hint = 8 bis 256 Zeichen. Einige Wörter ohne Zusammenhang sind leicht zu merken und schwer zu erraten.
code-label = Code
code-hint = { $digits } Ziffern aus Ihrer Authenticator-App.
code-hint-consecutive = Der Code, den Ihre App jetzt zeigt, dann der nächste, etwa 123456 654321. Das Leerzeichen darf fehlen.
two-codes-label = Oder zwei Codes nacheinander, ohne zu warten
two-codes-button = Mit zwei Codes anmelden
code-hint-any = Die Ziffern aus Ihrer Authenticator-App.
code-hint-sent = Nach der letzten Ziffer wird gesendet.
name-label = Name
added-on = Hinzugefügt: { $date }
created-on = Erstellt: { $date }
last-used-on = Zuletzt benutzt: { $date }
never-used = Noch nicht benutzt
recovery-codes = Wiederherstellungscodes
recent-title = Letzte Aktivität
recent-all = Alle anzeigen
contact-label = Kontakt:

## Times. The server puts these together; month-1 to month-12 are $month

date-day = { $day }. { $month } { $year }
date-time = { $date }, { $time } Uhr { $zone }
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember
duration-seconds =
    { $count ->
        [one] { $count } Sekunde
       *[other] { $count } Sekunden
    }
duration-minutes =
    { $count ->
        [one] { $count } Minute
       *[other] { $count } Minuten
    }
duration-hours =
    { $count ->
        [one] { $count } Stunde
       *[other] { $count } Stunden
    }
duration-days =
    { $count ->
        [one] { $count } Tag
       *[other] { $count } Tage
    }
client-on = { $browser } unter { $system }
client-unknown = Unbekannter Browser

## Sign-in

sign-in-title = Anmelden
sign-in-lead = Willkommen bei { $realm }.
sign-in-button = Anmelden
sign-in-trouble = Probleme beim Anmelden?
second-factor-title = Geben Sie Ihren Code ein
second-factor-lead = Öffnen Sie Ihre Authenticator-App und geben Sie den Code ein, den sie für dieses Konto anzeigt.
second-factor-trust =
    { $days ->
        [one] Diesem Browser { $days } Tag lang vertrauen
       *[other] Diesem Browser { $days } Tage lang vertrauen
    }
second-factor-trust-hint = Bis dahin genügt hier Ihr Passwort. Nur auf einem eigenen Gerät ankreuzen.
second-factor-button = Weiter
second-factor-use-recovery = Wiederherstellungscode verwenden
second-factor-help-title = Nichts funktioniert?
second-factor-help-clock = Prüfen Sie, ob Ihr Telefon die Uhrzeit automatisch einstellt. Jeder Code gilt nur einmal; warten Sie auf den nächsten, bevor Sie es erneut versuchen.
second-factor-help-other = Wenn Sie einen weiteren Authenticator hinzugefügt haben, gilt auch dessen Code.
second-factor-help-recovery = Wenn Ihr Telefon weg ist, verwenden Sie einen der Wiederherstellungscodes, die Sie beim Einschalten der Zwei-Faktor-Authentifizierung aufbewahrt haben.
second-factor-help-administrator = Wenn Sie nichts davon haben, bitten Sie eine Administratorin oder einen Administrator, die Zwei-Faktor-Authentifizierung für Ihr Konto auszuschalten. Danach können Sie sie neu einrichten.
recovery-code-title = Wiederherstellungscode verwenden
recovery-code-lead = Geben Sie einen der Codes ein, die Sie für den Tag ohne Telefon aufbewahrt haben.
recovery-code-label = Wiederherstellungscode
recovery-code-hint = Er sieht so aus:
recovery-codes-case = Groß- und Kleinbuchstaben sind in diesen Codes verschieden.
recovery-code-once = Jeder Wiederherstellungscode gilt nur einmal. Streichen Sie ihn danach durch.
recovery-code-replaced = Jeder Wiederherstellungscode gilt nur einmal. Sie erhalten dafür einen neuen.
recovery-code-few =
    { $count ->
        [one] Das ist Ihr letzter Wiederherstellungscode. Erstellen Sie nach der Anmeldung neue.
       *[other] Sie haben nur noch { $count } Wiederherstellungscodes. Erstellen Sie nach der Anmeldung neue.
    }
recovery-code-use-app = Authenticator-App verwenden
recovery-code-none = Weder Code noch Telefon?
wait-title = Zu viele Versuche
wait-text = Zu Ihrem Schutz wird vorerst nichts geprüft. Versuchen Sie es in { $time } erneut.
wait-over = Sie können es jetzt erneut versuchen.

## Proofs

proof-either = Damit sicher ist, dass Sie es sind: Geben Sie Ihr Passwort oder einen Code ein. Eines davon genügt.
proof-or = oder
proof-password-label = Ihr Passwort
proof-code-label = Ein Code aus Ihrer Authenticator-App
proof-code-hint = { $digits } Ziffern. Jeder Code gilt nur einmal.
proof-code-hint-recovery = { $digits } Ziffern oder ein Wiederherstellungscode, der damit verbraucht ist.

## Setup

setup-title = Willkommen bei Countersign
setup-lead = Erstellen Sie das erste Konto. Es gehört Ihnen.
setup-what-owner = Dieses Konto ist der Eigentümer: Es darf hier alles.
setup-what-enroll = Danach können Sie die Zwei-Faktor-Authentifizierung dafür einschalten.
setup-what-once = Diese Seite funktioniert einmal und verschwindet danach.
setup-login-hint = Damit melden Sie sich an.
setup-button = Konto erstellen
setup-gone-title = Die Einrichtung ist abgeschlossen
setup-gone-text = Dieser Link gilt nicht mehr: Es gibt schon ein Konto, oder der Link ist älter als einen Tag. Ein Neustart ohne Konto zeigt einen neuen an.
setup-gone-operator = Wenn sich niemand mehr anmelden kann, hilft der Betreiber des Servers mit dem Befehl „countersign account“.

## Security

security-title = Sicherheit
security-lead = Wie Sie sich anmelden und wie Ihr Konto geschützt ist.
state-on-title = Die Zwei-Faktor-Authentifizierung ist eingeschaltet
state-on-text = Seit { $date }. Zur Anmeldung brauchen Sie Ihr Passwort und einen Code.
state-off-title = Die Zwei-Faktor-Authentifizierung ist ausgeschaltet
state-off-text = Wer Ihr Passwort erfährt, kann sich anmelden. Ein Code von Ihrem Telefon verhindert das.
state-pending-title = Fast geschafft
state-pending-text = Sie haben begonnen, einen Authenticator hinzuzufügen. Bestätigen Sie ihn mit einem Code bis { $time }.
turn-on = Einschalten
turn-off = Zwei-Faktor-Authentifizierung ausschalten
replace-title = Mein Telefon ersetzen
replace-lead = Scannen Sie mit dem neuen Telefon einen QR-Code und bestätigen Sie ihn mit einem Code. Erst dann gilt das alte Telefon nicht mehr.
replace-which = Welcher soll weg?
replace-old = Wird ersetzt
replace-name-label = Name des neuen Authenticators (freiwillig)
replace-keep-both = Den alten behalten
banner-enroll-now-title = Richten Sie die Zwei-Faktor-Authentifizierung ein, um fortzufahren
banner-enroll-now-text = Ihr Konto braucht jetzt einen zweiten Faktor. Bis er eingerichtet ist, können Sie hier nichts anderes nutzen.
banner-deadline-title =
    { $days ->
        [one] Noch { $days } Tag, um die Zwei-Faktor-Authentifizierung einzuschalten
       *[other] Noch { $days } Tage, um die Zwei-Faktor-Authentifizierung einzuschalten
    }
banner-deadline-text = Für Ihr Konto ist sie ab { $date } vorgeschrieben. Es dauert etwa zwei Minuten.
authenticators-title = Authenticatoren
authenticator-add = Hinzufügen
authenticator-disabled-text = Es wurden zu viele falsche Codes in Folge eingegeben. Fügen Sie wieder einen Authenticator hinzu; er tritt an die Stelle von diesem.
pending-badge = Noch nicht bestätigt
disabled-badge = Gesperrt
pending-until = Kann bis { $time } bestätigt werden
enroll-go-on = Abschließen
access-title = Zugang
few-badge = Nur noch wenige
recovery-codes-left = Noch { $count } von { $total }.
password-row = Ändern Sie es, wenn jemand anderes es kennen könnte.
sessions-count =
    { $count ->
        [100] 100 Sitzungen oder mehr, einschließlich dieser.
        [one] Sie sind nur hier angemeldet.
       *[other] { $count } Sitzungen, diese eingeschlossen.
    }
trusted-devices-count =
    { $count ->
        [100] 100 Browsern oder mehr wird vertraut.
        [0] Keinem Browser wird vertraut.
        [one] { $count } Browser braucht keinen Code.
       *[other] { $count } Browser brauchen keinen Code.
    }

## Enrollment

steps-text = Schritt { $step } von { $steps }
enroll-title = Zwei-Faktor-Authentifizierung einschalten
enroll-title-further = Authenticator hinzufügen
enroll-no-way-back = Hier gibt es keine Wiederherstellungscodes. Wer das Telefon verliert, braucht die Verwaltung, um die Zwei-Faktor-Authentifizierung auszuschalten; einen anderen Weg zurück gibt es nicht.
enroll-lead = Sie brauchen eine Authenticator-App auf Ihrem Telefon oder Computer. Sie zeigt alle paar Sekunden einen neuen Code.
enroll-required-until = Für Ihr Konto ist die Zwei-Faktor-Authentifizierung ab { $date } vorgeschrieben.
enroll-required-now = Für Ihr Konto ist die Zwei-Faktor-Authentifizierung vorgeschrieben. Richten Sie sie ein, um fortzufahren.
authenticator-name-label = Name des Authenticators (freiwillig)
authenticator-name-hint = Damit Sie ihn später erkennen, zum Beispiel „Telefon“.
issuer-label = Name in der App
issuer-hint = Diesen Namen zeigt Ihre Authenticator-App neben dem Code.
enroll-replaces = Sobald Sie bestätigen, gilt „{ $name }“ nicht mehr. Bis dahin gilt er weiter.
enroll-which-app-title = Welche App kann ich verwenden?
enroll-which-app-text = Jede Authenticator-App für zeitbasierte Codes (TOTP) ist geeignet. Auch viele Passwortmanager können es. Wenn Sie keine haben, suchen Sie im App-Store Ihres Telefons nach „Authenticator“.
enroll-confirm-title = Scannen Sie den QR-Code
enroll-confirm-lead = Scannen Sie ihn mit Ihrer Authenticator-App. Geben Sie dann den Code ein, den die App anzeigt.
qr-label = QR-Code für die Authenticator-App, Konto { $account }
enroll-open-app = Authenticator-App auf diesem Gerät öffnen
enroll-cannot-scan = Scannen geht nicht?
enroll-cannot-scan-text = Wählen Sie in Ihrer App „Schlüssel eingeben“ und geben Sie diesen Schlüssel ein. Leerzeichen spielen keine Rolle.
copy-key = Schlüssel kopieren
fact-account = Konto
fact-issuer = Name in der App
fact-type = Art
fact-type-totp = Zeitbasiert (TOTP)
fact-digits = Ziffern
fact-period = Neuer Code alle
fact-algorithm = Algorithmus
enroll-uncommon = Nicht jede App unterstützt diese Codes. Wenn der Code abgelehnt wird, versuchen Sie es mit einer anderen Authenticator-App.
enroll-codes-title = Bewahren Sie Ihre Wiederherstellungscodes auf
enroll-codes-text = Mit ihnen kommen Sie ohne Telefon hinein. Sie gelten, sobald Sie unten den Code bestätigt haben, und werden bis dahin angezeigt.
enroll-codes-shown-before = Ihre Wiederherstellungscodes wurden zu Beginn angezeigt. Wenn Sie sie nicht aufbewahrt haben, brechen Sie ab und beginnen Sie neu.
enroll-code-label = Code in der App
enroll-confirm-button = Bestätigen
enroll-expires = Gültig bis { $time }

## Recovery codes

recovery-codes-title = Bewahren Sie Ihre Wiederherstellungscodes auf
recovery-codes-title-regenerated = Ihre neuen Wiederherstellungscodes
recovery-codes-title-replaced = Ein neuer Wiederherstellungscode für den verbrauchten
recovery-codes-title-viewed = Ihre Wiederherstellungscodes
recovery-codes-lead = Wenn Ihr Telefon verloren geht, kommen Sie mit einem dieser Codes hinein. Jeder gilt einmal. Bewahren Sie sie dort auf, wo Sie sie ohne Telefon finden.
recovery-codes-lead-replaced = Sie haben einen Wiederherstellungscode verbraucht. Notieren Sie diesen an seiner Stelle; die anderen gelten weiter.
recovery-codes-enrolled = Die Zwei-Faktor-Authentifizierung ist eingeschaltet. Nur eines noch:
recovery-codes-regenerated = Ihre bisherigen Codes gelten nicht mehr.
recovery-codes-list = Wiederherstellungscodes
recovery-codes-file = wiederherstellungscodes.txt
recovery-codes-heading = Wiederherstellungscodes: { $realm }, { $login }
fact-issued = Ausgestellt
recovery-codes-once = Sie werden angezeigt, bis Sie sie aufbewahrt haben. Neue können Sie jederzeit erstellen.
recovery-codes-viewable = Die unbenutzten können Sie unter „Sicherheit“ noch einmal ansehen.
recovery-codes-saved =
    { $count ->
        [one] Ich habe den Wiederherstellungscode aufbewahrt
       *[other] Ich habe die Wiederherstellungscodes aufbewahrt
    }
recovery-codes-view-title = Wiederherstellungscodes
recovery-codes-issued-on = Ausgestellt: { $date }.
recovery-codes-few = Sie haben nur noch wenige Wiederherstellungscodes. Erstellen Sie neue.
recovery-codes-view-button = Unbenutzte Codes anzeigen
recovery-codes-regenerate-button = Neue Wiederherstellungscodes erstellen
recovery-codes-regenerate-hint = Ihre jetzigen Codes gelten nicht mehr, sobald Sie neue erstellen.
recovery-test-link = Einen Code ausprobieren
recovery-test-title = Einen Wiederherstellungscode ausprobieren
recovery-test-lead = Geben Sie einen Ihrer Codes ein, so wie Sie ihn notiert haben. Er wird dadurch nicht verbraucht.
recovery-test-button = Ausprobieren
recovery-test-good = Dieser Code stimmt. Er ist nicht verbraucht.
recovery-test-malformed = Das sieht nicht wie ein Wiederherstellungscode aus. Vergleichen Sie ihn mit dem Beispiel.
recovery-test-unknown = Das ist keiner Ihrer unverbrauchten Codes. Suchen Sie nach einem Tippfehler; stimmt es dann noch nicht, erstellen Sie neue Codes.

## Removing and turning off

authenticator-remove-title = Authenticator entfernen?
authenticator-remove-text = Codes von „{ $name }“ werden dann nicht mehr angenommen. Danach können Sie den Eintrag in der App löschen.
authenticator-remove-last = Es ist Ihr letzter Authenticator
authenticator-remove-last-text = Wenn Sie ihn entfernen, ist die Zwei-Faktor-Authentifizierung ausgeschaltet. Für ein neues Telefon fügen Sie zuerst das neue hinzu.
authenticator-remove-button = Entfernen
disable-title = Zwei-Faktor-Authentifizierung ausschalten?
disable-lead = Dann genügt zum Anmelden allein Ihr Passwort.
disable-required = Für Ihr Konto ist die Zwei-Faktor-Authentifizierung vorgeschrieben. Sie müssen sie neu einrichten.
disable-means-authenticators = Alle Ihre Authenticatoren werden entfernt.
disable-means-codes = Ihre Wiederherstellungscodes gelten nicht mehr.
disable-means-codes-kept = Ihre Wiederherstellungscodes bleiben erhalten, gelten aber nicht, solange sie ausgeschaltet ist.
disable-means-sessions = Keinem Browser wird mehr vertraut, und Sie werden überall sonst abgemeldet.
disable-means-devices = Keinem Browser wird mehr vertraut.
disable-button = Ausschalten
disable-keep = Eingeschaltet lassen

## Sessions, trusted devices, password, activity

sessions-title = Sitzungen
sessions-lead = Wo Sie angemeldet sind. Beenden Sie, was Sie nicht kennen, und ändern Sie dann Ihr Passwort.
session-current = Diese Sitzung
session-began = Seit { $date }
session-seen = Zuletzt aktiv: { $date }
session-end = Beenden
session-end-named = Sitzung beenden: { $client }, seit { $date }
sessions-end-others =
    { $count ->
        [99] Alle anderen Sitzungen beenden
        [one] Die andere Sitzung beenden
       *[other] Die { $count } anderen Sitzungen beenden
    }
trusted-devices-title = Vertrauenswürdige Geräte
trusted-devices-lead =
    { $days ->
        [one] In diesen Browsern genügt Ihr Passwort. Jedem wird { $days } Tag lang vertraut.
       *[other] In diesen Browsern genügt Ihr Passwort. Jedem wird { $days } Tage lang vertraut.
    }
trusted-devices-not-allowed = Hier kann keinem Browser vertraut werden. Jede Anmeldung verlangt einen Code.
trusted-devices-empty = Keinem Browser wird vertraut. Bei der nächsten Anmeldung können Sie „Diesem Browser vertrauen“ ankreuzen.
device-current = Dieser Browser
device-trusted = Vertraut seit { $date }
device-expires = Bis { $date }
device-revoke = Nicht mehr vertrauen
device-revoke-named = { $client } nicht mehr vertrauen
trusted-devices-revoke-all = Keinem mehr vertrauen
password-title = Passwort ändern
password-lead-required = Dieses Passwort haben Sie von jemand anderem. Wählen Sie ein eigenes, um fortzufahren.
password-lead = Hier bleiben Sie angemeldet, überall sonst werden Sie abgemeldet.
current-password-label = Aktuelles Passwort
password-button = Passwort ändern
activity-title = Aktivität
activity-lead = Was mit Ihrem Konto geschehen ist. Wenn Sie etwas nicht kennen, ändern Sie Ihr Passwort.
activity-empty = Bisher ist nichts geschehen.
not-me-link = Das war ich nicht
not-me-title = Das war ich nicht
not-me-lead = Wenn sich jemand anders als Sie angemeldet hat, sperren Sie ihn aus: in einem Schritt.
not-me-sessions = Sie werden überall sonst abgemeldet, und keinem Browser wird mehr vertraut.
not-me-password = Ab jetzt gilt ein anderes Passwort. Wählen Sie eines, das Sie sonst nirgends verwenden.
not-me-codes = Die Wiederherstellungscodes, die Sie haben, gelten nicht mehr, und Sie bekommen neue.
not-me-button = Alle anderen aussperren

## Administration: accounts

role-member = Mitglied
role-admin = Administrator
role-owner = Eigentümer
role-subject = Subjekt
role-operator = Betreiber
two-factor-enabled = Ein
two-factor-pending = Begonnen
two-factor-disabled = Aus
account-active = Aktiv
account-disabled = Gesperrt
account-waiting = Muss warten
account-unlock = Wartezeit beenden
filter-any = Alle
filter-button = Suchen
filter-reset = Zurücksetzen
filter-login = Anmeldename oder Subjekt
filter-role = Rolle
filter-two-factor = Zwei-Faktor
filter-sort = Reihenfolge
filter-event = Ereignis
filter-account = Konto oder Subjekt
filter-outcome = Ausgang
filter-address = Adresse
filter-actor-kind = Gehandelt als
filter-actor = Wer gehandelt hat
filter-login-part = Teil des Anmeldenamens
filter-since = Von
filter-until = Bis
column-login = Anmeldename
column-role = Rolle
column-two-factor = Zwei-Faktor
column-last-sign-in = Letzte Anmeldung
column-state = Zustand
column-event = Ereignis
column-account = Konto
column-actor = Durch
column-from = Von wo
column-time = Zeit
column-rule = Regel
column-value = Wert
column-effect = Was eine Änderung bewirkt
column-name = Name
column-scopes = Darf
column-last-used = Zuletzt benutzt
column-expires = Läuft ab
column-actions = Aktionen
column-day = Tag
column-drift = Uhr des Telefons
column-codes = Codes
admin-accounts-title = Konten
admin-accounts-lead = Alle, die sich bei { $realm } anmelden.
admin-accounts-caption = Konten dieses Bereichs
admin-accounts-empty = Es gibt noch keine Konten.
admin-accounts-none-found = Kein Konto passt. Versuchen Sie es mit weniger Filtern.
admin-accounts-count = { $count ->
    [one] Ein Konto
   *[other] { $count } Konten
}
admin-accounts-more-than = Mehr als { $count } Konten
account-state-active = Nicht gesperrt
account-state-disabled = Gesperrt
account-state-waiting = Muss warten
account-state-never-signed-in = Noch nie angemeldet
account-state-required-but-missing = Zweiter Faktor verlangt und fehlt
account-order-created = Älteste zuerst
account-order-created-desc = Neueste zuerst
account-order-login = Anmeldename, A bis Z
account-order-login-desc = Anmeldename, Z bis A
account-order-last-sign-in = Am längsten nicht angemeldet
account-order-last-sign-in-desc = Zuletzt angemeldet
several-all = Alle Treffer, auf allen Seiten
several-act = Mit den angekreuzten
several-go = Weiter
several-tick = { $login } auswählen
several-act-disable = Sperren
several-act-enable = Entsperren
several-act-require-two-factor = Zweiten Faktor verlangen
several-act-end-sessions = Überall abmelden
several-act-export-csv = Als CSV exportieren
several-act-export-jsonl = Als JSON-Zeilen exportieren
confirm-several-disable-title = Mehrere Konten sperren?
confirm-several-disable-text = { $count ->
    [one] Ein Konto wird gesperrt.
   *[other] { $count } Konten werden gesperrt.
}
confirm-several-disable-means = Sie werden überall abgemeldet und können sich nicht anmelden, bis sie entsperrt werden.
confirm-several-disable-button = Sperren
confirm-several-enable-title = Mehrere Konten entsperren?
confirm-several-enable-text = { $count ->
    [one] Ein Konto wird entsperrt.
   *[other] { $count } Konten werden entsperrt.
}
confirm-several-enable-means = Sie können sich wieder anmelden, mit dem, was sie haben.
confirm-several-enable-button = Entsperren
confirm-several-require-two-factor-title = Zweiten Faktor von mehreren Konten verlangen?
confirm-several-require-two-factor-text = { $count ->
    [one] Ein Konto muss einen zweiten Faktor haben, was immer die Regeln sagen.
   *[other] { $count } Konten müssen einen zweiten Faktor haben, was immer die Regeln sagen.
}
confirm-several-require-two-factor-means = Wer keinen hat, hat ab der nächsten Anmeldung so viele Tage zum Einrichten, wie die Regeln geben.
confirm-several-require-two-factor-button = Verlangen
confirm-several-end-sessions-title = Mehrere Konten abmelden?
confirm-several-end-sessions-text = { $count ->
    [one] Ein Konto wird überall abgemeldet.
   *[other] { $count } Konten werden überall abgemeldet.
}
confirm-several-end-sessions-means = Sie melden sich wieder an wie bisher. Browsern, denen vertraut wird, wird weiter vertraut.
confirm-several-end-sessions-button = Abmelden
confirm-several-means-each = Ihr eigenes Konto bleibt ausgenommen, und was Sie mit einem Konto nicht dürfen, wird nur für dieses abgelehnt.
confirm-several-means-more = Es passen noch mehr: Es geschieht mit { $most } auf einmal. Wiederholen Sie es für die anderen.
several-done-title = Was geschehen ist
several-done-disable = { $count ->
    [one] Ein Konto wurde gesperrt.
   *[other] { $count } Konten wurden gesperrt.
}
several-done-enable = { $count ->
    [one] Ein Konto wurde entsperrt.
   *[other] { $count } Konten wurden entsperrt.
}
several-done-require-two-factor = { $count ->
    [one] Ein Konto muss ab jetzt einen zweiten Faktor haben.
   *[other] { $count } Konten müssen ab jetzt einen zweiten Faktor haben.
}
several-done-end-sessions = { $count ->
    [one] Ein Konto wurde überall abgemeldet.
   *[other] { $count } Konten wurden überall abgemeldet.
}
several-unchanged = { $count ->
    [one] Eines war es schon.
   *[other] { $count } waren es schon.
}
several-refused = { $count ->
    [one] Für eines wurde es abgelehnt
   *[other] Für { $count } wurde es abgelehnt
}
several-refused-not-found = Dieses Konto gibt es nicht mehr.
several-refused-own-account = Das ist Ihr eigenes Konto.
several-refused-owners-only = Das kann nur ein Eigentümer.
several-refused-last-owner = Das ist der letzte Eigentümer, der sich anmelden kann.
several-refused-subject = Ein Subjekt meldet sich hier nicht an.
several-refused-unavailable = Etwas ist fehlgeschlagen. Wiederholen Sie es.
several-more = Es passen noch mehr. Gehen Sie zurück und wiederholen Sie es für diese.
several-back = Zurück zu den Konten
account-new = Hinzufügen
account-new-title = Konto hinzufügen
account-new-text = Damit meldet sich die Person an und richtet dann die Zwei-Faktor-Authentifizierung ein.
account-new-button = Konto hinzufügen
account-password-label = Passwort
account-password-tell = Teilen Sie es mit.
account-password-empty = Lassen Sie es leer, damit die Person mit einem Link, den Sie weitergeben, selbst eines wählt.
account-password-stays = Es darf behalten werden; sonst wird es bei der Anmeldung geändert
account-password-title = Neues Passwort setzen?
account-password-text = Für { $login }, mit Abmeldung überall.
account-password-button = Passwort setzen
act-password = Passwort setzen
act-password-text = Für jemanden, der seines vergessen hat.
act-password-button = Setzen
act-password-link = Ein Link für ein Passwort
act-password-link-text = Damit wählt die Person selbst eines, das niemand sonst je kennt: ein erstes ebenso wie ein neues für ein verlorenes.
act-password-link-button = Link erstellen
subject-named = Subjekt { $subject }
admin-account-own = Das ist Ihr eigenes Konto. Sie verwalten es unter „Sicherheit“, wie alle anderen.
admin-account-owners-only = Nur ein Eigentümer kann dieses Konto ändern.
admin-account-waiting-title = Dieses Konto muss warten
admin-account-waiting-text = Nach mehreren falschen Codes in Folge wird { $time } lang keiner geprüft.
admin-account-facts = Konto
admin-account-acts = Aktionen
admin-account-no-authenticators = Es wurde kein Authenticator hinzugefügt.
admin-recovery-left =
    { $count ->
        [0] Keine mehr
        [one] Noch { $count }
       *[other] Noch { $count }
    }
fact-created = Erstellt
fact-requirement = Zwei-Faktor
requirement-marked = Für dieses Konto verlangt
requirement-exempt = Für dieses Konto nicht verlangt
requirement-by-policy = Von der Richtlinie verlangt
requirement-none = Nicht verlangt
fact-deadline = Einrichtung nötig bis
fact-subject = Subjekt
fact-id = Kennung
authenticator-facts = { $digits } Ziffern, alle { $period } Sekunden, { $algorithm }
act-disable-two-factor = Zwei-Faktor-Authentifizierung ausschalten
act-disable-two-factor-text = Für jemanden, der Telefon und Wiederherstellungscodes verloren hat.
act-disable-two-factor-button = Ausschalten
act-role = Rolle
act-role-text = Was dieses Konto hier darf.
act-require = Ob ein zweiter Faktor verlangt wird
act-require-text = Von diesem Konto, was auch immer die Richtlinie sagt.
act-require-button = Verlangen
act-exempt-button = Ausnehmen
act-by-policy-button = Nach Richtlinie
act-disable = Konto sperren
act-disable-text = Es kann sich nicht mehr anmelden; alles andere bleibt erhalten.
act-disable-button = Sperren
act-enable = Konto entsperren
act-enable-text = Es kann sich wieder anmelden.
act-enable-button = Entsperren
act-delete = Konto löschen
act-delete-text = Alles davon verschwindet, nur die Protokolleinträge bleiben.
act-delete-button = Löschen

## Administration: confirmations. title, text ($login, $name), consequences, button

admin-proof = Bestätigen Sie, dass Sie es sind.
reason-label = Grund
reason-label-optional = Grund (freiwillig)
reason-hint = Er steht im Protokoll, zum Beispiel „Telefon verloren, Identität telefonisch geprüft“.
confirm-disable-two-factor-title = Zwei-Faktor-Authentifizierung ausschalten?
confirm-disable-two-factor-text = Für { $login }. Vergewissern Sie sich, dass wirklich diese Person darum bittet.
confirm-disable-two-factor-means-removed = Authenticatoren und Wiederherstellungscodes werden entfernt.
confirm-disable-two-factor-means-sessions = Das Konto wird überall abgemeldet, und keinem Browser wird mehr vertraut.
confirm-disable-two-factor-means-password = Bis zur neuen Einrichtung genügt zum Anmelden allein das Passwort.
confirm-disable-two-factor-button = Ausschalten
confirm-password-link-title = Link für ein Passwort erstellen?
confirm-password-link-text = Wer den Link hat, wählt das Passwort von { $login }. Geben Sie ihn nur dieser Person.
confirm-password-link-means-once = Er gilt einmal, drei Tage lang.
confirm-password-link-means-until = Bis dahin gilt das Passwort, das das Konto hat.
confirm-password-link-means-second-factor = Der zweite Faktor bleibt, wie er ist: Wer einen hat, meldet sich mit dem Link allein nicht an.
confirm-password-link-button = Link erstellen
confirm-role-title = Rolle ändern?
confirm-role-text = { $login } wird: { $role }.
confirm-role-means-member = Ein Mitglied verwaltet nur das eigene Konto.
confirm-role-means-admin = Ein Administrator kann Konten, die Richtlinie und API-Schlüssel ändern.
confirm-role-means-owner = Ein Eigentümer darf alles, und nur Eigentümer können Eigentümer ändern.
confirm-role-means-operator = Betreiber verwalten alle Konten in allen Bereichen, legen Bereiche an, und nur Betreiber handeln an ihnen.
confirm-role-button = Rolle ändern
confirm-require-title = Zwei-Faktor-Authentifizierung verlangen?
confirm-require-text = { $login } muss einen zweiten Faktor haben, was auch immer die Richtlinie sagt.
confirm-require-means-grace = Die Schonfrist beginnt jetzt, falls er fehlt. Danach geht es nur mit Einrichtung weiter.
confirm-require-means-administers = Bis zur Einrichtung verwaltet das Konto nichts.
confirm-require-button = Verlangen
confirm-exempt-title = Von der Zwei-Faktor-Authentifizierung ausnehmen?
confirm-exempt-text = { $login } muss keinen zweiten Faktor haben, was auch immer die Richtlinie sagt.
confirm-exempt-button = Ausnehmen
confirm-by-policy-title = Der Richtlinie überlassen?
confirm-by-policy-text = Ob { $login } einen zweiten Faktor haben muss, sagt die Richtlinie.
confirm-by-policy-button = Überlassen
confirm-disable-title = Konto sperren?
confirm-disable-text = { $login } kann sich nicht mehr anmelden.
confirm-disable-means-sessions = Das Konto wird überall abgemeldet.
confirm-disable-means-kept = Nichts wird gelöscht. Sie können es wieder entsperren.
confirm-disable-button = Sperren
confirm-enable-title = Konto entsperren?
confirm-enable-text = { $login } kann sich wieder anmelden, mit Passwort und zweitem Faktor wie zuvor.
confirm-enable-button = Entsperren
confirm-delete-title = Konto löschen?
confirm-delete-text = { $login } wird endgültig gelöscht.
confirm-delete-means-gone = Authenticatoren, Wiederherstellungscodes und Sitzungen verschwinden.
confirm-delete-means-audit = Die Protokolleinträge bleiben erhalten.
confirm-delete-means-final = Das lässt sich nicht rückgängig machen.
confirm-delete-button = Endgültig löschen
confirm-revoke-api-key-title = API-Schlüssel widerrufen?
confirm-revoke-api-key-text = „{ $name }“ öffnet dann nichts mehr.
confirm-revoke-api-key-means-application = Anwendungen, die ihn benutzen, erhalten ab sofort einen Fehler. Geben Sie ihnen zuerst einen anderen Schlüssel.
confirm-revoke-api-key-means-final = Das lässt sich nicht rückgängig machen.
confirm-revoke-api-key-button = Widerrufen
confirm-policy-title = Richtlinie ändern?
confirm-policy-text = Sie gilt ab der nächsten Anfrage, auch für bereits Angemeldete.
confirm-policy-issuer = Der Name, den Apps zeigen, wird „{ $issuer }“.
confirm-back = Zurück, ohne etwas zu ändern
confirm-policy-button = Richtlinie ändern
policy-concerns-accounts =
    { $count ->
        [one] Ein Konto hat keinen zweiten Faktor und muss einen einrichten:
       *[other] { $count } Konten haben keinen zweiten Faktor und müssen einen einrichten:
    }{ $days ->
        [0] { " " }sofort.
        [one] { " " }binnen eines Tages nach der nächsten Anmeldung.
       *[other] { " " }binnen { $days } Tagen nach der nächsten Anmeldung.
    }
policy-concerns-administrators =
    { $count ->
        [one] Eines davon verwaltet und darf es bis dahin nicht.
       *[other] { $count } davon verwalten und dürfen es bis dahin nicht.
    }

## Administration: policy

admin-policy-title = Richtlinie
admin-policy-lead = Die Regeln von { $realm }. Eine Änderung gilt sofort, auch für bereits Angemeldete, und steht im Protokoll.
presets-title = Vorlagen
presets-lead = Eine Vorlage setzt alle Regeln auf einmal. Einzelne Regeln können Sie unten ändern.
preset-changes = Würde ändern:
preset-no-changes = Wird verwendet; ändert nichts
preset-change = { $rule }: { $value }
preset-changes-more =
    { $count ->
        [one] und { $count } weitere Regel
       *[other] und { $count } weitere Regeln
    }
preset-button = Vorlage verwenden
preset-hint = Sie sehen vor dem Speichern, was sich ändert.
preset-recommended = Empfohlen
preset-recommended-summary = Sicher und bequem. Für die meisten Bereiche.
preset-dokploy = Dokploy
preset-dokploy-summary = Ein Authenticator; Codes vor der Bestätigung sichtbar und später einsehbar.
preset-pterodactyl = Pterodactyl
preset-pterodactyl-summary = Ein Authenticator; nur die Befehlszeile schaltet den zweiten Faktor anderer aus.
preset-docspell = Docspell
preset-docspell-summary = Ein Authenticator und keine Wiederherstellungscodes.
preset-dqos = DQoS
preset-dqos-summary = Ein Authenticator; acht lange Wiederherstellungscodes, später einsehbar.
preset-ispconfig = ISPConfig
preset-ispconfig-summary = Ein Authenticator; das Bestätigen verlangt das Passwort.
policy-issuer-label = Name dieses Bereichs
policy-issuer-hint = Authenticator-Apps zeigen ihn neben den Codes. Bereits eingerichtete Apps behalten den alten Namen.
policy-preset-value = Vorlage: { $value }
policy-administration-locked = Wer den zweiten Faktor anderer ausschalten darf, kann nur ändern, wem die Regel es erlaubt.
policy-owners-only = Das ändern nur Eigentümer.
admin-appearance-title = Aussehen
admin-appearance-lead = Wie die Seiten dieses Bereichs aussehen, wen man fragt und wohin man zurückgehen darf. Eine Änderung gilt ab der nächsten Seite.
appearance-owners-only = Das ändern nur Eigentümer: Wer eine Adresse hinzufügen darf, kann andere dorthin schicken lassen.
appearance-issuer = Authenticator-Apps nennen diesen Bereich { $issuer }. Das ändern Sie unter:
appearance-name-label = Name auf den Seiten
appearance-name-hint = Ohne ihn verwenden die Seiten den Namen, den Authenticator-Apps zeigen.
appearance-accent-label = Farbe von Schaltflächen und Links
appearance-accent-hint = Als #rrggbb, zum Beispiel #0a7d55. Ohne sie haben die Seiten ihre eigene. Die Schrift darauf ist weiß oder schwarz, je nachdem, was lesbar ist; auf dunklen Seiten wird eine dunkle Farbe aufgehellt.
appearance-samples = Die Farbe auf hellen und dunklen Seiten
appearance-logo-label = Bild neben dem Namen
appearance-logo-hint = PNG, SVG oder WebP mit höchstens 64 KiB. Es erscheint auf hellem und auf dunklem Grund.
appearance-logo-now = Das jetzige Bild, auf hellem Grund
appearance-logo-remove = Das Bild entfernen
appearance-help-title = Hilfe und Zeiten
appearance-help-lead = Was man erfährt, wenn man nicht weiterkommt.
appearance-contact-name-label = Wen man fragt
appearance-contact-name-hint = Zum Beispiel IT-Support. Es steht da, wo sich jemand nicht anmelden kann und wo die Administration helfen muss.
appearance-contact-link-label = Wo man fragt
appearance-contact-link-hint = https:// mit einer Seite, mailto: mit einer Adresse oder tel: mit einer Nummer.
appearance-time-zone-label = Zeitzone
appearance-time-zone-hint = Zum Beispiel Europe/Berlin. Browser, die Skripte ausführen, zeigen die Zeit der eigenen Uhr.
appearance-return-addresses-label = Rückkehradressen
appearance-return-addresses-hint = Eine Zeile für jede Adresse, zu der die Seiten zurückschicken dürfen, mit allem darunter: https://, oder http:// auf diesem Rechner selbst.
appearance-button = Aussehen speichern
appearance-preview = Eingaben ansehen
admin-realms-title = Bereiche
admin-realms-lead = Jeder ist der Raum einer Anwendung: Name, Richtlinie, Konten und Schlüssel. Was Sie auf den anderen Seiten der Verwaltung tun, tun Sie in dem Bereich, in dem Sie handeln.
acting-in = Sie handeln im Bereich
acting-switch = Wechseln
column-realm = Bereich
realm-here = Sie handeln hier
realm-act = Hier handeln
realm-act-named = Im Bereich { $realm } handeln
realm-new-title = Neuer Bereich
realm-slug-label = Kurzname
realm-slug-hint = Anwendungen und Befehle geben ihn an, zum Beispiel panel. Er lässt sich später nicht ändern.
realm-issuer-hint = Authenticator-Apps zeigen ihn neben den Codes.
realm-preset-label = Richtlinie zum Anfang
realm-preset-hint = Jede Regel lässt sich später ändern.
realm-new-button = Bereich anlegen
policy-owners-keys = Regeln, die auch Eigentümer schützen, ändern nur Eigentümer.
policy-button = Speichern
policy-discard = Verwerfen
policy-hint = Alle Änderungen werden zusammen gespeichert.
policy-group-totp = Codes
policy-group-authenticators = Authenticatoren
policy-group-enrollment = Einrichtung
policy-group-proofs = Nachweise
policy-group-recovery-codes = Wiederherstellungscodes
policy-group-sign-in = Anmeldung
policy-group-enforcement = Pflicht
policy-group-throttle = Warten nach Fehlversuchen
policy-group-administration = Verwaltung
policy-totp-algorithm-name = Hash der Codes
policy-totp-algorithm = Das Hash-Verfahren der Codes. Manche Authenticator-Apps kennen nur SHA1.
policy-totp-algorithm-change = Für neue Authenticatoren. Vorhandene bleiben, wie sie sind.
policy-totp-digits-name = Ziffern eines Codes
policy-totp-digits = Wie viele Ziffern ein Code hat.
policy-totp-digits-change = Für neue Authenticatoren. Vorhandene bleiben, wie sie sind.
policy-totp-period-seconds-name = Gültigkeit eines Codes
policy-totp-period-seconds = Wie viele Sekunden ein Code angezeigt wird.
policy-totp-period-seconds-change = Für neue Authenticatoren. Vorhandene bleiben, wie sie sind.
policy-totp-skew-steps-name = Toleranz
policy-totp-skew-steps = Wie viele Codes vor und nach dem aktuellen angenommen werden.
policy-totp-skew-steps-change = Gilt sofort für alle Authenticatoren. Bei 0 scheitern Telefone mit falscher Uhr.
policy-totp-secret-bytes-name = Länge der Schlüssel
policy-totp-secret-bytes = Wie viele Byte neue Schlüssel haben.
policy-totp-secret-bytes-change = Für neue Authenticatoren. Vorhandene bleiben, wie sie sind.
policy-authenticators-max-per-account-name = Authenticatoren je Konto
policy-authenticators-max-per-account = Wie viele Authenticatoren ein Konto haben darf.
policy-authenticators-max-per-account-change = Bei 1 lässt sich ein neues Telefon erst hinzufügen, wenn das alte entfernt ist. Eine kleinere Zahl entfernt nichts.
policy-authenticators-user-chosen-issuer-name = Eigener Name in der App
policy-authenticators-user-chosen-issuer = Ob der Name in der App frei gewählt werden darf.
policy-enrollment-ttl-seconds-name = Zeit zum Bestätigen
policy-enrollment-ttl-seconds = Wie viele Sekunden lang eine begonnene Einrichtung bestätigt werden kann.
policy-proofs-begin-name = Einrichtung beginnen
policy-proofs-begin = Was zum Beginnen einer Einrichtung verlangt wird; bei eingeschalteter Zwei-Faktor-Authentifizierung mindestens so viel wie zum Ausschalten.
policy-proofs-begin-change = Bei „nichts“ kann an einem offenen Browser jeder einen Authenticator hinzufügen.
policy-proofs-confirm-name = Einrichtung bestätigen
policy-proofs-confirm = Was zum Bestätigen verlangt wird, neben dem Code des neuen Authenticators.
policy-proofs-disable-name = Zwei-Faktor ausschalten
policy-proofs-disable = Was zum Ausschalten der Zwei-Faktor-Authentifizierung verlangt wird.
policy-proofs-disable-change = Bei „Passwort oder Code“ genügt ein gestohlenes Telefon oder Passwort.
policy-proofs-recovery-codes-name = Für Wiederherstellungscodes
policy-proofs-recovery-codes = Was zum Ansehen und Erstellen von Wiederherstellungscodes verlangt wird; nicht weniger als zum Ausschalten.
policy-proofs-hold-hours-name = Wartezeit in Stunden
policy-proofs-hold-hours = Wie viele Stunden ein Code von eben Hinzugefügtem, Erstelltem oder Angesehenem nichts ausschalten kann, was schon da war.
policy-proofs-hold-hours-change = In dieser Zeit kann die Inhaberin bemerken und entfernen, was jemand anderes hinzugefügt hat.
policy-recovery-codes-count-name = Anzahl der Wiederherstellungscodes
policy-recovery-codes-count = Wie viele Wiederherstellungscodes ausgestellt werden; 0 für keine.
policy-recovery-codes-count-change = Bei 0 kann nach dem Verlust des Telefons nur die Verwaltung helfen.
policy-recovery-codes-format-name = Form der Wiederherstellungscodes
policy-recovery-codes-format = Wie sie aussehen. X ist ein Zeichen; Bindestrich und Leerzeichen trennen und werden beim Eingeben ignoriert.
policy-recovery-codes-format-change = Für Codes, die ab jetzt ausgestellt werden.
policy-recovery-codes-alphabet-name = Zeichen der Wiederherstellungscodes
policy-recovery-codes-alphabet = Woraus X gezogen wird.
policy-recovery-codes-alphabet-change = Für Codes, die ab jetzt ausgestellt werden.
policy-recovery-codes-shown-name = Wann Wiederherstellungscodes angezeigt werden
policy-recovery-codes-shown = Ob sie vor oder nach der Bestätigung angezeigt werden. Sie gelten erst danach.
policy-recovery-codes-viewable-name = Wiederherstellungscodes später einsehbar
policy-recovery-codes-viewable = Ob unbenutzte Codes noch einmal angesehen werden können.
policy-recovery-codes-viewable-change = Bei „ja“ werden sie verschlüsselt gespeichert, nicht nur als Hash. Frühere Codes bleiben unsichtbar.
policy-recovery-codes-after-use-name = Nach Gebrauch eines Wiederherstellungscodes
policy-recovery-codes-after-use = Ob ein verbrauchter Code durch einen neuen ersetzt wird.
policy-recovery-codes-on-disable-name = Wiederherstellungscodes beim Ausschalten
policy-recovery-codes-on-disable = Ob Codes bleiben, wenn die Zwei-Faktor-Authentifizierung ausgeschaltet wird. Sie gelten dann nicht.
policy-sign-in-challenge-ttl-seconds-name = Zeit zur Code-Eingabe
policy-sign-in-challenge-ttl-seconds = Wie viele Sekunden nach dem Passwort ein Code eingegeben werden kann.
policy-sign-in-challenge-attempts-name = Versuche für einen Code
policy-sign-in-challenge-attempts = Nach wie vielen falschen Codes die Anmeldung von vorn beginnt.
policy-sign-in-trusted-device-days-name = Tage des Vertrauens in einen Browser
policy-sign-in-trusted-device-days = Wie viele Tage einem Browser vertraut werden darf; 0 für nie.
policy-sign-in-trusted-device-days-change = Eine kleinere Zahl verkürzt auch die Zeit der Browser, denen jetzt vertraut wird.
policy-sign-in-session-ttl-seconds-name = Dauer einer Sitzung
policy-sign-in-session-ttl-seconds = Wie viele Sekunden eine Sitzung höchstens dauert.
policy-sign-in-session-idle-seconds-name = Dauer einer Sitzung ohne Nutzung
policy-sign-in-session-idle-seconds = Wie viele Sekunden eine ungenutzte Sitzung dauert.
policy-sign-in-session-idle-seconds-change = Ab der nächsten Anfrage wird früher oder später abgemeldet.
policy-sign-in-end-other-sessions-on-change-name = Andere Sitzungen beenden
policy-sign-in-end-other-sessions-on-change = Ob ein neues Passwort oder ein neuer zweiter Faktor die anderen Sitzungen des Kontos beendet.
policy-sign-in-end-other-sessions-on-change-change = Bei „nein“ bleibt ein Eindringling auch nach einer Passwortänderung angemeldet.
policy-enforcement-required-for-name = Wer einen zweiten Faktor braucht
policy-enforcement-required-for = Wer die Zwei-Faktor-Authentifizierung haben muss.
policy-enforcement-required-for-change = Wer sie nicht hat, bekommt die Schonfrist: ab jetzt, wenn er angemeldet ist, sonst ab der nächsten Anmeldung. Bis zur Einrichtung verwaltet er nichts.
policy-enforcement-grace-days-name = Schonfrist
policy-enforcement-grace-days = Wie viele Tage sie zum Einrichten haben, ab dem Zeitpunkt, an dem die Regel sie trifft.
policy-enforcement-grace-days-change = Bei 0 ist die Einrichtung schon bei der nächsten Anmeldung nötig.
policy-throttle-free-failures-name = Freie Fehlversuche
policy-throttle-free-failures = Wie viele Fehlversuche in Folge keine Wartezeit kosten.
policy-throttle-first-wait-seconds-name = Erste Wartezeit
policy-throttle-first-wait-seconds = Wie viele Sekunden der nächste Fehlversuch kostet. Jeder weitere verdoppelt sie.
policy-throttle-longest-wait-seconds-name = Längste Wartezeit
policy-throttle-longest-wait-seconds = Wie viele Sekunden eine Wartezeit höchstens dauert.
policy-administration-may-disable-two-factor-name = Wer den zweiten Faktor anderer ausschalten darf
policy-administration-may-disable-two-factor = Wer die Zwei-Faktor-Authentifizierung anderer ausschalten darf, über API und diese Seiten.
policy-administration-may-disable-two-factor-change = Die Befehlszeile auf dem Server darf es immer.
policy-value-true = Ja
policy-value-false = Nein
policy-value-none = Nichts
policy-value-password = Passwort
policy-value-code = Code
policy-value-password-or-code = Passwort oder Code
policy-value-password-and-code = Passwort und Code
policy-value-crockford32 = Ziffern und Buchstaben ohne Verwechslungsgefahr, groß oder klein
policy-value-alphanumeric = Ziffern, Groß- und Kleinbuchstaben
policy-value-before-confirm = Vor der Bestätigung
policy-value-after-confirm = Nach der Bestätigung
policy-value-remove = Wird nicht ersetzt
policy-value-replace = Wird durch einen neuen ersetzt
policy-value-erase = Werden gelöscht
policy-value-keep = Bleiben erhalten
policy-value-nobody = Niemand
policy-value-admins = Administratoren und Eigentümer
policy-value-owners = Eigentümer
policy-value-everyone = Alle
policy-value-sha1 = SHA1
policy-value-sha256 = SHA256
policy-value-sha512 = SHA512
policy-allowed-range = { $min } bis { $max }
policy-allowed-count = 0 oder { $min } bis { $max }
policy-allowed-format = Zum Beispiel XXXX-XXXX-XXXX-XXXX

## Administration: audit events

admin-audit-title = Protokoll
admin-audit-lead = Was in diesem Bereich geschehen ist, das Neueste zuerst. Nichts davon lässt sich ändern.
admin-audit-caption = Protokolleinträge
admin-audit-empty = Es gibt noch keine Einträge.
admin-audit-none-found = Kein Eintrag passt. Versuchen Sie es mit weniger Filtern.
admin-audit-looked-at = Von diesen Ereignissen wurden die neuesten { $count } durchgesehen. „Mehr anzeigen“ macht bei den früheren weiter.
actor-kind-account = Das Konto selbst
actor-kind-administrator = Verwaltung
actor-kind-application = Anwendung
actor-kind-operator = Betrieb
export-csv = CSV
export-jsonl = JSON-Zeilen
outcome-failure = Abgelehnt
outcome-success = Erledigt
actor-account = Das Konto selbst
actor-claimant = Jemand
actor-administrator = Administrator { $login }
actor-application = Anwendung { $name }
actor-operator = Betreiber (Befehlszeile)
actor-operator-account = Betreiber { $login }
detail-reason = Grund: { $reason }

## Administration: statistics

admin-statistics-title = Statistik
admin-statistics-lead = Konten heute und Codes der letzten 30 Tage.
figure-accounts = Konten
figure-enabled = Mit zweitem Faktor ({ $percent } %)
figure-pending = Begonnene Einrichtungen
figure-missing = Vorgeschrieben, aber ohne
plot-codes-title = Codes nach Tagen
plot-codes-text = { $accepted } angenommen, { $rejected } abgelehnt in 30 Tagen.
plot-codes-empty = Keine Codes in den letzten 30 Tagen.
codes-accepted = Angenommen
codes-rejected = Abgelehnt
plot-as-table = Als Tabelle anzeigen
plot-drift-title = Uhren der Telefone
plot-drift-text = Wenn viele angenommene Codes zu früh oder zu spät sind, prüfen Sie die Uhr dieses Servers.
drift-behind =
    { $steps ->
        [one] { $steps } Schritt zu spät
       *[other] { $steps } Schritte zu spät
    }
drift-none = Pünktlich
drift-ahead =
    { $steps ->
        [one] { $steps } Schritt zu früh
       *[other] { $steps } Schritte zu früh
    }

## Administration: API keys

admin-api-keys-title = API-Schlüssel
admin-api-keys-lead = Mit einem Schlüssel nutzt eine Anwendung diesen Bereich. Geben Sie jeder Anwendung einen eigenen, mit nicht mehr Rechten als nötig.
api-keys-empty = Es gibt noch keine API-Schlüssel.
api-key-create-title = API-Schlüssel erstellen
api-key-name-label = Name
api-key-name-hint = Welche Anwendung ihn benutzt, zum Beispiel „Shop“.
api-key-scopes-label = Was der Schlüssel darf
api-key-expiry-label = Läuft ab nach
api-key-no-expiry = Nie
api-key-create-button = Schlüssel erstellen
api-key-expired = Abgelaufen
api-key-ends-soon = Endet bald
api-key-revoke = Widerrufen
api-key-revoke-named = { $name } widerrufen
api-key-created-title = Ihr neuer API-Schlüssel
api-key-created-lead = Für „{ $name }“.
api-key-created-once = Kopieren Sie ihn in die Konfiguration der Anwendung. Sobald Sie das bestätigt haben, wird er nicht noch einmal angezeigt.
api-key-created-how = Die Anwendung sendet ihn mit jeder Anfrage:
api-key-created-done = Ich habe den Schlüssel kopiert
password-link-title = Der Link für ein Passwort
password-link-lead = Für { $login } und für niemanden sonst: Wer ihn hat, wählt das Passwort.
password-link-until = Er gilt einmal, bis { $date }.
password-link-done = Ich habe ihn weitergegeben
password-link-use-title = Ihr Passwort wählen
password-link-use-lead = Für { $realm }. Niemand sonst kennt es je.
password-link-use-button = Passwort festlegen
password-link-gone-title = Dieser Link gilt nicht mehr
password-link-gone-text = Er wurde benutzt, seine Zeit ist um, oder das Passwort wurde seither anders gesetzt. Kennen Sie Ihr Passwort, melden Sie sich an. Wenn nicht, bitten Sie die Verwaltung um einen neuen Link.
scope-verify = Codes prüfen
scope-verify-hint = Codes und Wiederherstellungscodes von Subjekten prüfen.
scope-enroll = Einrichten
scope-enroll-hint = Subjekten den ersten Authenticator geben; zusammen mit „Verwalten“ auch weitere.
scope-manage = Verwalten
scope-manage-hint = Neue Wiederherstellungscodes erstellen, den zweiten Faktor ausschalten, Wartezeiten beenden und Subjekte löschen.
scope-admin = Bereich verwalten
scope-admin-hint = Alles, was ein Administrator darf, ohne weiteren Nachweis; von einem Eigentümer erstellt, auch alle Regeln ändern. Nur für Werkzeuge, denen Sie ganz vertrauen.

## Activity of the own account. $actor: account, administrator, application, operator. $method: totp, recovery_code, trusted_device, password, none

event-sign-in-succeeded =
    { $method ->
        [totp] Sie haben sich mit einem Code angemeldet.
        [recovery_code] Sie haben sich mit einem Wiederherstellungscode angemeldet.
        [trusted_device] Sie haben sich in einem vertrauenswürdigen Browser angemeldet.
        [none] Sie haben sich mit Ihrem Passwort angemeldet.
        [enrollment_required] Sie haben sich angemeldet und wurden aufgefordert, die Zwei-Faktor-Authentifizierung einzurichten.
       *[other] Sie haben sich angemeldet.
    }
event-sign-in-failed = Jemand hat versucht, sich mit einem falschen Passwort anzumelden.
event-sign-in-challenged = Ihr Passwort wurde eingegeben und ein Code verlangt.
event-second-factor-accepted =
    { $method ->
        [recovery_code] Ihr Wiederherstellungscode wurde angenommen.
       *[other] Ihr Code wurde angenommen.
    }
event-second-factor-rejected =
    { $method ->
        [recovery_code] Ein falscher Wiederherstellungscode wurde eingegeben.
        [password] Ein falsches Passwort wurde als Nachweis eingegeben.
       *[other] Ein falscher Code wurde eingegeben.
    }
event-second-factor-throttled = Nach zu vielen falschen Eingaben wurde { $wait } lang nichts geprüft.
event-recovery-code-used =
    { $remaining ->
        [0] Sie haben Ihren letzten Wiederherstellungscode verbraucht. Erstellen Sie neue.
        [one] Sie haben einen Wiederherstellungscode verbraucht. Einer ist übrig.
       *[other] Sie haben einen Wiederherstellungscode verbraucht. { $remaining } sind übrig.
    }
event-recovery-codes-issued =
    { $count ->
        [one] Sie haben { $count } neuen Wiederherstellungscode erhalten.
       *[other] Sie haben { $count } neue Wiederherstellungscodes erhalten.
    }
event-recovery-codes-viewed = Sie haben Ihre Wiederherstellungscodes angesehen.
event-recovery-code-tested = Sie haben einen Wiederherstellungscode ausprobiert. Er stimmt und ist nicht verbraucht.
event-enrollment-started = Sie haben begonnen, einen Authenticator hinzuzufügen.
event-two-factor-enabled = Sie haben die Zwei-Faktor-Authentifizierung eingeschaltet.
event-two-factor-disabled =
    { $actor ->
        [account] Sie haben die Zwei-Faktor-Authentifizierung ausgeschaltet.
        [operator] Der Betreiber hat die Zwei-Faktor-Authentifizierung für Sie ausgeschaltet.
       *[other] Die Verwaltung hat die Zwei-Faktor-Authentifizierung für Sie ausgeschaltet.
    }
event-authenticator-added = Sie haben einen Authenticator hinzugefügt.
event-authenticator-removed = Sie haben einen Authenticator entfernt.
event-authenticator-disabled = Ihre Authenticatoren wurden nach zu vielen falschen Codes in Folge gesperrt. Fügen Sie wieder einen hinzu.
event-password-changed =
    { $actor ->
        [account] Sie haben Ihr Passwort geändert.
        [operator] Der Betreiber hat Ihr Passwort geändert.
       *[other] Die Verwaltung hat Ihr Passwort geändert.
    }
event-password-link-issued = Die Verwaltung hat einen Link erstellt, mit dem Sie Ihr Passwort wählen können.
event-session-ended = { $method ->
    [all] Sie wurden aus der Verwaltung überall abgemeldet.
   *[other] { $count ->
        [0] Sie haben eine Sitzung beendet.
       *[other] Sie haben alle anderen Sitzungen beendet.
    }
}
event-device-trusted = Sie haben einem Browser vertraut.
event-device-revoked = { $method ->
    [all] Sie vertrauen keinem Browser mehr.
   *[other] Sie vertrauen einem Browser nicht mehr.
}
event-account-created = Ihr Konto wurde erstellt.
event-account-updated =
    { $change ->
        [role] Ihre Rolle wurde geändert: { $role }.
        [disabled] Ihr Konto wurde gesperrt.
        [enabled] Ihr Konto wurde entsperrt.
       *[other] Ihr Konto wurde geändert.
    }
event-account-deleted = Ihr Konto wurde gelöscht.
event-account-secured = Sie haben alle anderen ausgesperrt.
event-sign-in-story = { $method ->
    [totp] Sie haben sich mit Passwort und Code angemeldet
    [recovery_code] Sie haben sich mit Passwort und Wiederherstellungscode angemeldet
   *[other] Jemand hat Ihr Passwort eingegeben, aber keinen richtigen Code
}{ $wrong ->
    [0] { "" }
    [one] , nach einem falschen Code
   *[other] , nach { $wrong } falschen Codes
}{ $remembered ->
    [yes] ; dem Browser wird vertraut
   *[other] { "" }
}.
event-parts = Schritt für Schritt
event-account-unlocked = Die Verwaltung hat die Wartezeit nach falschen Codes beendet.
event-policy-changed = Sie haben die Richtlinie geändert.
event-realm-appearance-changed = Sie haben das Aussehen der Seiten oder ihre Rücksprungadressen geändert.
event-api-key-created = Sie haben einen API-Schlüssel erstellt.
event-api-key-revoked = Sie haben einen API-Schlüssel widerrufen.
event-key-rotated = Ein neuer Hauptschlüssel wird verwendet.
event-key-retired = Ein Hauptschlüssel wurde außer Dienst gestellt. Wiederherstellungscodes, die mit ihm erzeugt wurden, müssen neu erzeugt werden.
event-database-restored = Die Datenbank wurde aus einer Sicherung wiederhergestellt: Wiederherstellungscodes von davor müssen neu erzeugt werden.
event-unknown = Ein Ereignis, das diese Version nicht kennt: { $name }

## The same for administrators; $login is the account’s

admin-event-sign-in-succeeded =
    { $method ->
        [totp] { $login } hat sich mit einem Code angemeldet.
        [recovery_code] { $login } hat sich mit einem Wiederherstellungscode angemeldet.
        [trusted_device] { $login } hat sich in einem vertrauenswürdigen Browser angemeldet.
        [none] { $login } hat sich mit dem Passwort angemeldet.
        [enrollment_required] { $login } hat sich angemeldet und muss den zweiten Faktor einrichten.
       *[other] { $login } hat sich angemeldet.
    }
admin-event-sign-in-failed = Für { $login } wurde ein falsches Passwort eingegeben.
admin-event-sign-in-failed-unknown = Jemand hat einen unbekannten Anmeldenamen versucht.
admin-event-sign-in-challenged = { $login } hat das Passwort eingegeben und wurde nach einem Code gefragt.
admin-event-second-factor-accepted =
    { $method ->
        [recovery_code] Ein Wiederherstellungscode von { $login } wurde angenommen.
       *[other] Ein Code von { $login } wurde angenommen.
    }
admin-event-second-factor-rejected =
    { $method ->
        [recovery_code] Für { $login } wurde ein falscher Wiederherstellungscode eingegeben.
        [password] Für { $login } wurde ein falsches Passwort als Nachweis eingegeben.
       *[other] Für { $login } wurde ein falscher Code eingegeben.
    }
admin-event-second-factor-throttled = { $login } muss nach falschen Eingaben { $wait } warten.
admin-event-recovery-code-used = { $login } hat einen Wiederherstellungscode verbraucht; übrig: { $remaining }.
admin-event-recovery-codes-issued = { $login } hat neue Wiederherstellungscodes erhalten: { $count }.
admin-event-recovery-codes-viewed = { $login } hat die Wiederherstellungscodes angesehen.
admin-event-recovery-code-tested = { $login } hat einen Wiederherstellungscode ausprobiert; er stimmt und ist nicht verbraucht.
admin-event-enrollment-started = Für { $login } wurde eine Einrichtung begonnen.
admin-event-two-factor-enabled = Die Zwei-Faktor-Authentifizierung von { $login } wurde eingeschaltet.
admin-event-two-factor-disabled = Die Zwei-Faktor-Authentifizierung von { $login } wurde ausgeschaltet.
admin-event-authenticator-added = Für { $login } wurde ein Authenticator hinzugefügt.
admin-event-authenticator-removed = Ein Authenticator von { $login } wurde entfernt.
admin-event-authenticator-disabled = Die Authenticatoren von { $login } wurden nach zu vielen falschen Codes in Folge gesperrt.
admin-event-password-changed = Das Passwort von { $login } wurde geändert.
admin-event-password-link-issued = Ein Link für das Passwort von { $login } wurde erstellt.
admin-event-session-ended = { $method ->
    [all] { $login } wurde überall abgemeldet.
   *[other] { $count ->
        [0] Eine Sitzung von { $login } wurde beendet.
       *[other] Alle anderen Sitzungen von { $login } wurden beendet.
    }
}
admin-event-device-trusted = { $login } vertraut einem Browser.
admin-event-device-revoked = { $method ->
    [all] { $login } vertraut keinem Browser mehr.
   *[other] { $login } vertraut einem Browser nicht mehr.
}
admin-event-account-created = Das Konto { $login } wurde erstellt.
admin-event-account-updated =
    { $change ->
        [role] { $login } hat eine neue Rolle: { $role }.
        [disabled] Das Konto { $login } wurde gesperrt.
        [enabled] Das Konto { $login } wurde entsperrt.
       *[other] Das Konto { $login } wurde geändert.
    }
admin-event-account-deleted = Das Konto { $login } wurde gelöscht.
admin-event-account-secured = { $login } hat alle anderen ausgesperrt.
admin-event-sign-in-story = { $method ->
    [totp] { $login } hat sich mit Passwort und Code angemeldet
    [recovery_code] { $login } hat sich mit Passwort und Wiederherstellungscode angemeldet
   *[other] Jemand hat das Passwort von { $login } eingegeben, aber keinen richtigen Code
}{ $wrong ->
    [0] { "" }
    [one] , nach einem falschen Code
   *[other] , nach { $wrong } falschen Codes
}{ $remembered ->
    [yes] ; dem Browser wird vertraut
   *[other] { "" }
}.
admin-event-account-unlocked = Die Wartezeit von { $login } wurde beendet.
admin-event-policy-changed = Die Richtlinie wurde geändert.
admin-event-realm-appearance-changed = Das Aussehen der Seiten oder ihre Rücksprungadressen wurden geändert.
admin-event-api-key-created = Ein API-Schlüssel wurde erstellt.
admin-event-api-key-revoked = Ein API-Schlüssel wurde widerrufen.
admin-event-key-rotated = Ein neuer Hauptschlüssel wird verwendet.
admin-event-key-retired = Ein Hauptschlüssel wurde außer Dienst gestellt. Wiederherstellungscodes, die mit ihm erzeugt wurden, müssen neu erzeugt werden.
admin-event-database-restored = Die Datenbank wurde aus einer Sicherung wiederhergestellt: Codes von davor gelten nicht mehr, und Wiederherstellungscodes müssen neu erzeugt werden.

## Kinds of events, for the filter

event-kind-sign-in-succeeded = Angemeldet
event-kind-sign-in-failed = Falsches Passwort
event-kind-sign-in-challenged = Code verlangt
event-kind-second-factor-accepted = Code angenommen
event-kind-second-factor-rejected = Code abgelehnt
event-kind-second-factor-throttled = Musste warten
event-kind-recovery-code-used = Wiederherstellungscode verbraucht
event-kind-recovery-codes-issued = Wiederherstellungscodes ausgestellt
event-kind-recovery-codes-viewed = Wiederherstellungscodes angesehen
event-kind-recovery-code-tested = Wiederherstellungscode ausprobiert
event-kind-enrollment-started = Einrichtung begonnen
event-kind-two-factor-enabled = Zwei-Faktor eingeschaltet
event-kind-two-factor-disabled = Zwei-Faktor ausgeschaltet
event-kind-authenticator-added = Authenticator hinzugefügt
event-kind-authenticator-removed = Authenticator entfernt
event-kind-authenticator-disabled = Authenticatoren gesperrt
event-kind-password-changed = Passwort geändert
event-kind-password-link-issued = Link für ein Passwort erstellt
event-kind-session-ended = Sitzung beendet
event-kind-device-trusted = Browser als vertrauenswürdig markiert
event-kind-device-revoked = Browser nicht mehr vertrauenswürdig
event-kind-account-created = Konto erstellt
event-kind-account-updated = Konto geändert
event-kind-account-deleted = Konto gelöscht
event-kind-account-secured = Alle anderen ausgesperrt
event-kind-account-unlocked = Wartezeit beendet
event-kind-policy-changed = Richtlinie geändert
event-kind-realm-appearance-changed = Aussehen der Seiten geändert
event-kind-api-key-created = API-Schlüssel erstellt
event-kind-api-key-revoked = API-Schlüssel widerrufen
event-kind-key-rotated = Hauptschlüssel gewechselt
event-kind-key-retired = Hauptschlüssel außer Dienst gestellt
event-kind-database-restored = Datenbank wiederhergestellt

## Errors: what is wrong and what to do

error-invalid-credentials = Anmeldename oder Passwort ist falsch. Prüfen Sie beides und versuchen Sie es erneut.
error-busy = Gerade ist zu viel los. Versuchen Sie es in einigen Sekunden erneut.
error-challenge-expired = Das hat zu lange gedauert, oder es waren zu viele falsche Codes. Melden Sie sich noch einmal an.
error-session-ended = Ihre Sitzung ist beendet. Melden Sie sich noch einmal an.
error-form-expired = Die Seite war zu lange geöffnet. Geben Sie das Passwort bitte noch einmal ein.
error-codes-not-saved = Setzen Sie das Häkchen, sobald Sie die Codes aufbewahrt haben.
error-code-missing = Geben Sie einen Code ein.
error-code-too-new = Dieser Code gehört zu etwas, das erst vor Kurzem hinzugefügt, erstellt oder angesehen wurde: Er kann noch nichts ausschalten, was schon da war. Nehmen Sie einen Code eines älteren Authenticators oder einen älteren Wiederherstellungscode.
error-code-wrong = Dieser Code wurde nicht angenommen. Warten Sie auf den nächsten in Ihrer App und geben Sie diesen ein.
error-sign-in-code-wrong = Dieser Code wurde nicht angenommen. Nehmen Sie in der App den Eintrag „{ $entry }“: Warten Sie auf seinen nächsten Code und geben Sie den ein.
error-consecutive-codes = Einzelne Codes werden derzeit nicht geprüft, weil zu viele falsch waren. Geben Sie zwei Codes nacheinander ein: den jetzt angezeigten, dann den nächsten, mit einem Leerzeichen dazwischen.
error-enroll-code-wrong = Dieser Code wurde nicht angenommen. Prüfen Sie die Uhr Ihres Telefons, warten Sie auf den nächsten Code und geben Sie diesen ein.
error-enroll-clock-ahead = Die Uhr Ihres Telefons geht { $time } vor. Lassen Sie das Telefon Datum und Uhrzeit selbst einstellen, warten Sie auf den nächsten Code und geben Sie den ein.
error-enroll-clock-behind = Die Uhr Ihres Telefons geht { $time } nach. Lassen Sie das Telefon Datum und Uhrzeit selbst einstellen, warten Sie auf den nächsten Code und geben Sie den ein.
error-recovery-code-wrong = Dieser Wiederherstellungscode wurde nicht angenommen. Prüfen Sie ihn auf Tippfehler oder verwenden Sie einen anderen.
error-password-missing = Geben Sie Ihr Passwort ein.
error-password-wrong = Das ist nicht Ihr Passwort. Versuchen Sie es erneut.
error-proof-missing = Geben Sie Ihr Passwort oder einen Code ein.
error-password-length = Wählen Sie ein Passwort mit 8 bis 256 Zeichen.
error-password-unchanged = Wählen Sie ein anderes als das, das Sie bekommen haben.
error-password-common = Dieses Passwort ist leicht zu erraten. Wählen Sie ein längeres oder ungewöhnlicheres.
error-passwords-differ = Die beiden Passwörter sind verschieden. Geben Sie zweimal dasselbe ein.
error-login-missing = Geben Sie Ihre E-Mail-Adresse oder Ihren Benutzernamen ein.
error-login-invalid = Das geht nicht als Anmeldename. Verwenden Sie eine E-Mail-Adresse oder einen Namen ohne Doppelpunkt und Steuerzeichen.
error-login-taken = Dieser Anmeldename ist vergeben. Wählen Sie einen anderen.
error-name-invalid = Verwenden Sie einen Namen mit 1 bis 100 Zeichen.
error-issuer-invalid = Verwenden Sie einen Namen mit 1 bis 200 Zeichen ohne Doppelpunkt.
error-realm-taken = Es gibt schon einen Bereich mit diesem Namen. Wählen Sie einen anderen.
error-realm-slug = Verwenden Sie 1 bis 63 der Zeichen a bis z, 0 bis 9 und Bindestriche, mit Buchstabe oder Ziffer an beiden Enden.
error-realm-preset = Wählen Sie eine der Vorlagen.
error-appearance-name = Verwenden Sie einen Namen mit 1 bis 100 sichtbaren Zeichen.
error-appearance-accent = Geben Sie die Farbe als #rrggbb ein, zum Beispiel #0a7d55.
error-appearance-logo = Wählen Sie ein Bild als PNG, SVG oder WebP mit höchstens 64 KiB.
error-appearance-contact-name = Verwenden Sie einen Namen mit 1 bis 100 sichtbaren Zeichen.
error-appearance-contact-link = Beginnen Sie mit https:// und einer Seite, mailto: und einer Adresse oder tel: und einer Nummer.
error-appearance-time-zone = Wählen Sie eine Zeitzone aus der Liste, zum Beispiel Europe/Berlin.
error-appearance-return-addresses = Zeile { $number } ist keine Adresse, zu der man geschickt werden kann. Sie beginnt mit https:// (http:// nur auf diesem Rechner selbst) und hat weder Benutzernamen noch Abfrage noch Fragment.
error-appearance-return-addresses-many = Verwenden Sie höchstens 50 Adressen.
error-too-many-authenticators = Sie haben schon so viele Authenticatoren wie erlaubt. Entfernen Sie zuerst einen.
error-already-on = Die Zwei-Faktor-Authentifizierung ist bereits eingeschaltet. Entfernen Sie Ihren Authenticator, bevor Sie einen anderen hinzufügen.
error-not-on = Die Zwei-Faktor-Authentifizierung ist ausgeschaltet. Schalten Sie sie zuerst ein.
error-replaces-missing = Wählen Sie, welcher Authenticator weg soll.
error-replaces-gone = Dieser Authenticator ist nicht mehr aktiv. Sehen Sie noch einmal nach, welcher weg soll.
error-enrollment-gone = Diese Einrichtung ist abgelaufen oder wurde ersetzt. Beginnen Sie neu.
error-codes-not-viewable = Ihre Wiederherstellungscodes lassen sich nicht noch einmal anzeigen. Sie können neue erstellen.
error-reason-missing = Geben Sie kurz den Grund an.
error-several-nobody = Kreuzen Sie die Konten an, die gemeint sind, oder wählen Sie alle Treffer.
error-several-too-many = Es passen zu viele, für die es schon so ist. Grenzen Sie die Liste durch ihre Filter ein.
error-several-nothing-to-do = Es ist nichts zu tun: Es passt niemand, für den es nicht schon so ist.
error-several-changed = Inzwischen sind es nicht mehr so viele Konten wie vorher. Sehen Sie noch einmal nach.
error-scopes-missing = Wählen Sie mindestens eines, was der Schlüssel darf.
error-expiry-invalid = Wählen Sie, wann der Schlüssel abläuft.
error-date-invalid = Das ist kein Datum. Verwenden Sie die Form 2026-03-31.
error-address-invalid = Geben Sie eine ganze IP-Adresse ein, etwa 203.0.113.7.
error-account-ambiguous = Ein Konto und ein Subjekt heißen so. Öffnen Sie unter „Konten“ das gemeinte und wählen Sie dort seine Ereignisse.
error-actor-ambiguous = Mehrere heißen so. Geben Sie die Kennung an, die gemeint ist.
error-policy-value = { $rule }: Dieser Wert ist nicht erlaubt. Erlaubt: { $allowed }.
error-may-not-disable = Die Richtlinie erlaubt Ihnen nicht, die Zwei-Faktor-Authentifizierung anderer auszuschalten.
error-owners-only = Das kann nur ein Eigentümer. Bitten Sie einen darum.
error-own-account = Ihr eigenes Konto verwalten Sie unter „Sicherheit“.
error-last-owner = Das ist der letzte Eigentümer, der sich anmelden kann. Machen Sie zuerst jemand anderen zum Eigentümer.

## Notices: what was done

notice-signed-out = Sie sind abgemeldet.
notice-password-changed = Ihr Passwort ist geändert. Überall sonst sind Sie abgemeldet.
notice-two-factor-on = Die Zwei-Faktor-Authentifizierung ist eingeschaltet.
notice-authenticator-is-on = Ihr Authenticator ist bereits bestätigt. Es bleibt nichts mehr zu tun.
notice-api-key-not-shown = Ein Schlüssel wird angezeigt, bis Sie ihn kopiert haben, höchstens 15 Minuten lang. Haben Sie ihn nicht, widerrufen Sie ihn und erstellen Sie einen anderen.
notice-password-link-not-shown = Ein Link wird angezeigt, bis er weitergegeben ist, höchstens 15 Minuten lang. Haben Sie ihn nicht, erstellen Sie einen anderen.
notice-password-set = Ihr Passwort ist festgelegt. Melden Sie sich damit an.
notice-codes-not-shown = Wiederherstellungscodes werden angezeigt, bis Sie sie aufbewahrt haben, höchstens 15 Minuten lang. Haben Sie sie nicht, erstellen Sie unter „Wiederherstellungscodes“ neue.
notice-two-factor-off = Die Zwei-Faktor-Authentifizierung ist ausgeschaltet.
notice-authenticator-added = Der Authenticator ist hinzugefügt.
notice-authenticator-replaced = Der neue Authenticator gilt, der alte nicht mehr. Sie können seinen Eintrag in der alten App löschen.
notice-authenticator-removed = Der Authenticator ist entfernt.
notice-authenticator-renamed = Der Authenticator hat einen neuen Namen.
notice-enrollment-cancelled = Die Einrichtung ist abgebrochen.
notice-recovery-code-used =
    { $remaining ->
        [0] Das war Ihr letzter Wiederherstellungscode. Erstellen Sie jetzt neue.
        [one] Sie haben noch { $remaining } Wiederherstellungscode. Erstellen Sie bald neue.
       *[other] Sie haben noch { $remaining } Wiederherstellungscodes.
    }
notice-session-ended = Die Sitzung ist beendet.
notice-account-secured = Alle anderen sind ausgesperrt, und Ihr neues Passwort gilt.
notice-sessions-ended = Alle anderen Sitzungen sind beendet.
notice-device-revoked = Dem Browser wird nicht mehr vertraut.
notice-devices-revoked = Keinem Browser wird mehr vertraut.
notice-account-two-factor-off = Die Zwei-Faktor-Authentifizierung von { $login } ist ausgeschaltet. Das Konto ist überall abgemeldet.
notice-account-unlocked = { $login } kann es wieder versuchen.
notice-password-chosen = Ihr Passwort ist geändert.
notice-account-requirement = Was von { $login } verlangt wird, ist geändert.
notice-account-role = Die Rolle von { $login } ist geändert.
notice-account-disabled = { $login } ist gesperrt und überall abgemeldet.
notice-account-created = { $login } kann sich jetzt anmelden.
notice-account-password = { $login } hat ein neues Passwort.
notice-account-enabled = { $login } kann sich wieder anmelden.
notice-account-deleted = { $login } ist gelöscht.
notice-policy-saved = Die Richtlinie ist geändert.
notice-appearance-saved = Das Aussehen ist geändert. Ein Browser zeigt altes Bild und alte Farbe vielleicht noch fünf Minuten lang.
notice-realm-created = Den Bereich { $realm } gibt es jetzt, und Sie handeln darin. Legen Sie unter Konten die ersten Eigentümer an.
notice-unchanged = Es wurde nichts geändert.
notice-api-key-revoked = „{ $name }“ ist widerrufen.

## Pages that only say something

message-forbidden-title = Das dürfen Sie nicht sehen
message-forbidden-text = Ihr Konto darf diese Seite nicht öffnen. Wenn Sie sie brauchen, fragen Sie in der Verwaltung nach.
message-not-found-title = Hier ist nichts
message-not-found-text = Die Seite gibt es nicht, oder das, worum es ging, ist weg.
cut-off-title = Melden Sie sich wieder an
cut-off-text = Ihre Sitzung ist beendet. Was Sie eingegeben haben, bleibt auf dieser Seite.
cut-off-sign-in = In einem neuen Tab anmelden
cut-off-send = Danach noch einmal senden
cut-off-hint = Passwörter, Codes und Dateien bleiben nicht; danach werden Sie noch einmal gefragt.
message-somebody-else-title = Jemand anderes ist angemeldet
message-somebody-else-text = Diese Seite gehört zu einem anderen Konto. Seither hat sich jemand anderes angemeldet, vielleicht Sie selbst in einem anderen Tab. Nichts wurde geändert.
message-other-realm-title = Sie handeln jetzt in einem anderen Bereich
message-other-realm-text = Die Seite war für einen anderen Bereich gemacht als den, in dem Sie jetzt handeln, vielleicht in einem anderen Fenster. Nichts wurde geändert. Gehen Sie in den Bereich, den Sie meinen, und tun Sie es dort.
message-link-realms = Bereiche
message-form-expired-title = Bitte noch einmal
message-form-expired-text = Die Seite war zu lange geöffnet, Cookies sind blockiert, oder es wurde zu viel gesendet. Nichts wurde geändert. Gehen Sie zurück, laden Sie die Seite neu und senden Sie sie noch einmal ab.
message-too-large-title = Das war zu viel
message-too-large-text = Was gesendet wurde, ist länger, als diese Seite nimmt. Ein Bild hat höchstens 64 KiB. Nichts wurde geändert. Gehen Sie zurück: Ihre Eingaben sind noch da.
message-busy-title = Einen Moment, bitte
message-busy-text = Gerade ist zu viel los. Versuchen Sie es in einigen Sekunden erneut.
message-unavailable-title = Der Dienst kann nicht antworten
message-unavailable-text = Nichts wurde geändert. Versuchen Sie es in einer Minute erneut. Wenn es so bleibt, sagen Sie dem Betreiber Bescheid.
message-internal-title = Hier ist etwas schiefgegangen
message-internal-text = Es liegt an uns, nicht an Ihnen. Versuchen Sie es erneut. Wenn es so bleibt, sagen Sie dem Betreiber Bescheid.
message-request = Anfrage
message-link-security = Zur Sicherheit
message-link-again = Erneut versuchen

## Own account: the same where it is otherwise

password-lead-only = Sie bleiben angemeldet, hier und überall sonst.
trusted-devices-none = Keinem Browser wird vertraut.
notice-password-changed-only = Ihr Passwort ist geändert.

## Administration: further texts

date-short = { $day }. { $month }
preset-difference = { $rule } ({ $key }): jetzt { $now }, dann { $then }
error-reason-long = Höchstens 200 Zeichen sind möglich.
error-text-unseen = Lassen Sie Zeichen weg, die man nicht sieht, etwa Zeilenenden und Zeichen, die die Schreibrichtung ändern.
error-account-not-on = Die Zwei-Faktor-Authentifizierung dieses Kontos ist bereits ausgeschaltet.
error-policy-changed-kept = Inzwischen hat jemand anderes die Richtlinie geändert. Ihre Änderungen stehen unten noch da; alles andere ist so, wie es jetzt gilt. Sehen Sie es sich an und speichern Sie noch einmal.
error-policy-above = { $rule }: Wählen Sie höchstens so viel wie unter „{ $other }“.
error-policy-below = { $rule }: Wählen Sie mindestens so viel wie unter „{ $other }“.
error-policy-format = { $rule }: Schreiben Sie X für jedes Zeichen, mit Bindestrichen oder Leerzeichen nur dazwischen, und mindestens 10 X (9, wenn Groß- und Kleinbuchstaben verschieden sind). Zum Beispiel XXXX-XXXX-XXXX-XXXX.
