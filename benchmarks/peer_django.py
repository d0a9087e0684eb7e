"""A peer's queue in Django, as its own documents set it up: run by a Python that has it.

``peer_django.py post_office|mailer FOLDER PORT queue COUNT`` makes the store and
queues so many mails; ``.. send`` sends what is queued and prints the seconds.
"""

import logging
import sys
import time

import django
from django.conf import settings
from django.core.management import call_command

KIND, FOLDER, PORT, COMMAND, *REST = sys.argv[1:]
BACKENDS = {
    "post_office": "post_office.EmailBackend",
    "mailer": "mailer.backend.DbBackend",
}
SUBJECT = "Thinking of you on November 21"
TEXT = "We still talk about the cake of three storeys that you carried home on a bicycle. " * 19
HTML = f"<html><body><p>{TEXT}</p></body></html>"


def set_up() -> None:
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", KIND],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": f"{FOLDER}/peer.db",
                "OPTIONS": {"timeout": 30},
            }
        },
        EMAIL_BACKEND=BACKENDS[KIND],
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=int(PORT),
        MAILER_EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        POST_OFFICE={"BATCH_SIZE": 100},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        USE_TZ=True,
        SECRET_KEY="a benchmark",  # noqa: S106
    )
    django.setup()


def queue(count: int) -> None:
    from django.core.mail import EmailMultiAlternatives
    from django.db import transaction

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        for number in range(1, count + 1):
            to = [f"Zoë Müller-Łukasz <zoe{number}@example.com>"]
            mail = EmailMultiAlternatives(SUBJECT, TEXT, "Rosa <rosa@example.org>", to)
            mail.attach_alternative(HTML, "text/html")
            mail.send()


def send() -> None:
    if KIND == "post_office":
        from post_office.mail import send_queued_mail_until_done as work
    else:
        from mailer.engine import send_all as work
    logging.disable()
    begun = time.perf_counter()
    work()
    print(time.perf_counter() - begun)


if __name__ == "__main__":
    set_up()
    if COMMAND == "queue":
        queue(int(REST[0]))
    else:
        send()
