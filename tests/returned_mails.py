"""Mails that came back, as the mail systems of this world write them; the people are made up."""

from textwrap import dedent

OURS = "<note-12.0123456789abcdef@example.org>"

ORIGINAL = """\
From: "Rosa (Rosa's Bakery)" <rosa@example.org>
To: Ada Lovelace <ada@example.net>
Subject: Happy birthday!
Date: Sat, 21 Nov 2026 08:00:03 +0000
Message-ID: {message_id}
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Dear Ada,

happy birthday!

Rosa
"""


def returned(template: str, message_id: str = OURS, mail_id: str = "") -> bytes:
    """Return a mail that came back, with the note's own head and body in it."""
    original = ORIGINAL.format(message_id=message_id)
    head = original.partition("\n\n")[0]
    mail = dedent(template).replace("{original}", original).replace("{head}", head)
    if mail_id:
        mail = f"Message-ID: {mail_id}\n{mail}"
    return mail.encode()


def report(
    *, action: str = "failed", status: str = "5.1.1", said: str = "smtp; 550 5.1.1 no such user"
) -> str:
    """Return a bounce as RFC 3464 has it."""
    return (
        POSTFIX.replace("Action: failed", f"Action: {action}")
        .replace("Status: 5.1.1", f"Status: {status}")
        .replace(_POSTFIX_SAID, f"Diagnostic-Code: {said}" if said else "X-Nothing: said")
    )


_POSTFIX_SAID = """\
Diagnostic-Code: smtp; 550 5.1.1 <ada@example.net>: Recipient address
    rejected: User unknown in virtual mailbox table"""

POSTFIX = f"""\
Return-Path: <>
Date: Sat, 21 Nov 2026 08:00:09 +0000 (UTC)
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: rosa@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4Fk.1/mx"

This is a MIME-encapsulated message.

--4Fk.1/mx
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<ada@example.net>: host mail.example.net[192.0.2.7] said: 550 5.1.1
    <ada@example.net>: Recipient address rejected: User unknown in virtual
    mailbox table (in reply to RCPT TO command)

--4Fk.1/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4FkXyz
Arrival-Date: Sat, 21 Nov 2026 08:00:04 +0000 (UTC)

Final-Recipient: rfc822; ada@example.net
Original-Recipient: rfc822;ada@example.net
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.net
{_POSTFIX_SAID}

--4Fk.1/mx
Content-Description: Undelivered Message
Content-Type: message/rfc822

{{original}}
--4Fk.1/mx--
"""

POSTFIX_HEADERS_ONLY = POSTFIX.replace(
    "Content-Description: Undelivered Message\nContent-Type: message/rfc822\n\n{original}",
    "Content-Description: Undelivered Headers\nContent-Type: text/rfc822-headers\n\n{head}\n",
)

POSTFIX_DELAYED = (
    POSTFIX.replace("Undelivered Mail Returned to Sender", "Delayed Mail (still being retried)")
    .replace("Action: failed", "Action: delayed")
    .replace("Status: 5.1.1", "Status: 4.4.1\nWill-Retry-Until: Thu, 26 Nov 2026 08:00:04 +0000")
    .replace(_POSTFIX_SAID, "Diagnostic-Code: X-Postfix; connect to mail.example.net: timed out")
)

EXIM = """\
Return-path: <>
X-Failed-Recipients: ada@example.net
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.example.org>
To: rosa@example.org
Content-Type: multipart/report; report-type=delivery-status; boundary=1700000000-eximdsn-1
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Date: Sat, 21 Nov 2026 08:00:09 +0000

--1700000000-eximdsn-1
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@example.net
    host mail.example.net [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<ada@example.net>:
    550 5.1.1 no mailbox here by that name

--1700000000-eximdsn-1
Content-type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Action: failed
Final-Recipient: rfc822;ada@example.net
Status: 5.0.0
Remote-MTA: dns; mail.example.net
Diagnostic-Code: smtp; 550 5.1.1 no mailbox here by that name

--1700000000-eximdsn-1
Content-type: message/rfc822

Return-path: <rosa@example.org>
{original}
--1700000000-eximdsn-1--
"""

OLD_EXIM = """\
Return-path: <>
X-Failed-Recipients: ada@example.net
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.example.org>
To: rosa@example.org
Subject: Mail delivery failed: returning message to sender
Date: Sat, 21 Nov 2026 08:00:09 +0000

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@example.net
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

Return-path: <rosa@example.org>
{original}
"""

QMAIL = """\
Return-Path: <>
Date: 21 Nov 2026 08:00:09 -0000
From: MAILER-DAEMON@mail.example.org
To: rosa@example.org
Subject: failure notice

Hi. This is the qmail-send program at mail.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@example.net>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <rosa@example.org>
Received: (qmail 1234 invoked from network); 21 Nov 2026 08:00:04 -0000
{original}
"""

EXCHANGE = """\
From: <postmaster@example.org>
To: <rosa@example.org>
Date: Sat, 21 Nov 2026 08:00:09 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="f00d0000-0000-0000-0000-000000000000"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-US
In-Reply-To: <another@example.org>
Subject: Undeliverable: Happy birthday!
Auto-Submitted: auto-replied
MIME-Version: 1.0

--f00d0000-0000-0000-0000-000000000000
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="beef0000-0000-0000-0000-000000000000"

--beef0000-0000-0000-0000-000000000000
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Delivery has failed to these recipients or groups:

ada@example.net<mailto:ada@example.net>
The email address you entered couldn't be found.

--beef0000-0000-0000-0000-000000000000
Content-Type: text/html; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

<html><body><p>Delivery has failed.</p></body></html>

--beef0000-0000-0000-0000-000000000000--

--f00d0000-0000-0000-0000-000000000000
Content-Type: message/delivery-status

Reporting-MTA: dns;mail.example.net
Received-From-MTA: dns;mx.example.org
Arrival-Date: Sat, 21 Nov 2026 08:00:04 +0000

Final-Recipient: rfc822;ada@example.net
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found
X-Display-Name: Ada

--f00d0000-0000-0000-0000-000000000000
Content-Type: message/rfc822

Received: from mx.example.org (192.0.2.1) by mail.example.net (192.0.2.7)
{original}
--f00d0000-0000-0000-0000-000000000000--
"""

GMAIL = """\
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: rosa@example.org
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: <note-12.0123456789abcdef@example.org>
In-Reply-To: <note-12.0123456789abcdef@example.org>
X-Failed-Recipients: ada@example.net
Date: Sat, 21 Nov 2026 00:00:09 -0800 (PST)
Content-Type: multipart/report; boundary="0000000000001"; report-type=delivery-status

--0000000000001
Content-Type: multipart/related; boundary="0000000000002"

--0000000000002
Content-Type: multipart/alternative; boundary="0000000000003"

--0000000000003
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to ada@example.net because the address couldn't be found.

--0000000000003--
--0000000000002--
--0000000000001
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.example
Received-From-MTA: dns; rosa@example.org
Arrival-Date: Sat, 21 Nov 2026 00:00:04 -0800 (PST)
X-Original-Message-ID: <note-12.0123456789abcdef@example.org>

Final-Recipient: rfc822; ada@example.net
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.net. (192.0.2.7, the server for the domain example.net.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please
 550 5.1.1 check for typos
Last-Attempt-Date: Sat, 21 Nov 2026 00:00:09 -0800 (PST)

--0000000000001
Content-Type: message/rfc822

{original}
--0000000000001--
"""

BOUNCES = {
    "Postfix": POSTFIX,
    "Postfix, headers only": POSTFIX_HEADERS_ONLY,
    "Exim": EXIM,
    "old Exim": OLD_EXIM,
    "qmail": QMAIL,
    "Exchange": EXCHANGE,
    "Gmail": GMAIL,
}

VACATION = """\
Return-Path: <>
From: Ada Lovelace <ada@example.net>
To: rosa@example.org
Subject: Out of office: Happy birthday!
In-Reply-To: <note-12.0123456789abcdef@example.org>
References: <note-12.0123456789abcdef@example.org>
Auto-Submitted: auto-replied
Precedence: bulk

I am away until Monday. My former address <ada@example.com> has permanent fatal errors.

-----Original Message-----
{original}
"""

READ_RECEIPT = """\
From: Ada Lovelace <ada@example.net>
To: rosa@example.org
Subject: Read: Happy birthday!
Content-Type: multipart/report; report-type=disposition-notification; boundary="r"
MIME-Version: 1.0

--r
Content-Type: text/plain

Your message was read.

--r
Content-Type: message/disposition-notification

Final-Recipient: rfc822;ada@example.net
Original-Message-ID: <note-12.0123456789abcdef@example.org>
Disposition: automatic-action/MDN-sent-automatically; displayed

--r--
"""

DELIVERED = (
    POSTFIX.replace("Action: failed", "Action: delivered")
    .replace("Status: 5.1.1", "Status: 2.0.0")
    .replace(_POSTFIX_SAID, "Diagnostic-Code: smtp; 250 2.0.0 Ok")
)

ANSWER = """\
From: Ada Lovelace <ada@example.net>
To: rosa@example.org
Subject: Re: Happy birthday!
In-Reply-To: <note-12.0123456789abcdef@example.org>

Thank you! By the way, 550 5.1.1 was the number of my first locomotive.

> Message-ID: <note-12.0123456789abcdef@example.org>
"""

# The owner answered the customer's thanks, and that answer came back.
ANOTHER_MAIL = POSTFIX.replace(
    "{original}",
    """\
From: rosa@example.org
To: ada@example.net
Subject: Re: Re: Happy birthday!
Message-ID: <personal.77@example.org>
References: <note-12.0123456789abcdef@example.org>

You are welcome!

> Message-ID: <note-12.0123456789abcdef@example.org>
""",
)

NO_BOUNCES = {
    "a person who copies what came back": QMAIL.replace(
        "From: MAILER-DAEMON@mail.example.org", "From: Ada Lovelace <ada@example.net>"
    ),
    "an out-of-office": VACATION,
    "a read receipt": READ_RECEIPT,
    "a receipt of delivery": DELIVERED,
    "an answer": ANSWER,
}
