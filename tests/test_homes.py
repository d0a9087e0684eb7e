"""Which addresses are one home, however they are spelt."""

from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from appreciation.store import migrating
from appreciation.store.homes import home_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hauptstr. 1\n10115 Berlin", "HAUPTSTRASSE 1, 10115 Berlin"),
        ("Hauptstraße 1\n10115 Berlin", "Haupt\u00adstr. 1\nD-10115 Berlin"),
        ("Müllerstr. 12 a\n80331 München", "Muellerstrasse 12a, 80331 Muenchen"),
        ("5 Main Street, Springfield", "5 main st.\nSpringfield"),
        ("12 North Oak Avenue, Apt 4", "12 N Oak Ave. Apartment 4"),
        ("12, rue de l’Église\n75001 Paris", "12 rue de l'Eglise, F-75001 PARIS"),
        ("3 avenue Foch\n69006 Lyon", "3, av. Foch, 69006 Lyon"),
        ("Calle Mayor, 7\n28013 Madrid", "C/ Mayor nº 7, 28013 Madrid"),
        ("Dorpsstraat 8\n1234 AB Ede", "Dorpsstr. 8, 1234 ab Ede"),
        ("Rua da Praça, 9", "R. da Praca 9"),
    ],
)
def test_one_home_is_one_in_any_spelling(one: str, other: str) -> None:
    assert home_key(one) == home_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hauptstr. 1\n10115 Berlin", "Hauptstr. 11\n10115 Berlin"),
        ("Hauptstr. 1\n10115 Berlin", "Hauptstr. 1\n10117 Berlin"),
        ("Hauptstr. 1a\n10115 Berlin", "Hauptstr. 1b\n10115 Berlin"),
        ("5 Main Street, Springfield", "5 Main Road, Springfield"),
        ("5 Main Street, Apt 1", "5 Main Street, Apt 2"),
    ],
)
def test_next_door_is_another_home(one: str, other: str) -> None:
    assert home_key(one) != home_key(other)


@pytest.mark.parametrize("nothing", ["", " \n", "---"])
def test_what_has_no_words_is_nobodys_home(nothing: str) -> None:
    assert home_key(nothing) is None


@given(st.text())
def test_capitals_and_line_breaks_never_part_a_home(address: str) -> None:
    assert home_key(address.replace(" ", "\n")) == home_key(address.replace("\n", " "))
    assert home_key(home_key(address) or "") == home_key(address)


def test_the_homes_of_an_older_store_are_found_when_it_is_brought_up(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    engine = create_engine(url)
    alembic = migrating.alembic_config()
    with engine.begin() as connection:
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "0005")
        connection.execute(
            text(
                "INSERT INTO customers (kind, name, address, created_at, updated_at)"
                " VALUES ('person', 'Ada', 'Torstr. 3\n10115 Berlin', :now, :now),"
                " ('person', 'Ben', NULL, :now, :now)"
            ),
            {"now": datetime(2026, 11, 21)},
        )
        command.upgrade(alembic, "head")

        homes = connection.execute(text("SELECT home FROM customers ORDER BY id")).scalars().all()
    engine.dispose()
    assert homes == [home_key("Torstraße 3, 10115 Berlin"), None]
