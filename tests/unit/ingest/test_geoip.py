"""The processors geoip and ip_location. Source: their documentation pages; what is marked is reasoned."""

from __future__ import annotations

import pytest

from tests.unit.ingest import mmdb

SWEDEN = {
    "continent": {"code": "EU", "names": {"en": "Europe"}},
    "country": {"iso_code": "SE", "is_in_european_union": True, "names": {"en": "Sweden"}},
}
CITY = {
    **SWEDEN,
    "city": {"names": {"en": "Linköping"}},
    "subdivisions": [{"iso_code": "E", "names": {"en": "Östergötland County"}}],
    "location": {"latitude": 58.4167, "longitude": 15.6167, "time_zone": "Europe/Stockholm"},
}
SHOWN_COUNTRY = {"continent_name": "Europe", "country_name": "Sweden", "country_iso_code": "SE"}
SHOWN_CITY = {
    **SHOWN_COUNTRY,
    "city_name": "Linköping",
    "region_iso_code": "SE-E",
    "region_name": "Östergötland County",
    "location": {"lat": 58.4167, "lon": 15.6167},
}
VERSIONS = ["7.10.2", "7.17.29", "8.19.21", "9.5.3"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("conf")
    (made / "ingest-geoip").mkdir()
    at = made / "ingest-geoip"
    mmdb.write(at / "GeoLite2-City.mmdb", "GeoLite2-City", {"89.160.20.128/25": CITY})
    mmdb.write(at / "GeoLite2-Country.mmdb", "GeoLite2-Country", {"89.160.20.128/25": SWEDEN})
    numbered = {"autonomous_system_number": 29518, "autonomous_system_organization": "Bredband2 AB"}
    mmdb.write(at / "own.mmdb", "Own-ASN", {"89.160.0.0/17": numbered})
    mmdb.write(at / "isp.mmdb", "GeoIP2-ISP", {"89.160.0.0/17": numbered})
    return made


@pytest.fixture
def located(raw, folder):
    def run(options, source, version="8.19.21", kind="geoip", **settings):
        body = {"pipeline": {"processors": [{kind: {"field": "ip", **options}}]}, "docs": [{"_source": source}]}
        given = settings or {"node_settings": {"path.conf": str(folder)}}
        answer = raw(version, **given).json("POST /_ingest/pipeline/_simulate", body)
        if "error" in answer:
            return answer["error"]["reason"]
        document = answer["docs"][0]
        return document["doc"]["_source"] if "doc" in document else document["error"]["reason"]

    return run


@pytest.mark.parametrize("version", VERSIONS)
def test_places_are_those_of_the_page(located, version):
    source = {"ip": "89.160.20.128"}
    assert located({}, source, version) == {**source, "geoip": SHOWN_CITY}
    country = {"database_file": "GeoLite2-Country.mmdb", "target_field": "geo"}
    assert located(country, source, version) == {**source, "geo": SHOWN_COUNTRY}
    assert located({}, {"ip": "80.231.5.0"}, version) == {"ip": "80.231.5.0"}


def test_ip_location_is_the_same_under_another_name(located):
    source = {"ip": "89.160.20.128"}
    assert located({}, source, kind="ip_location") == {**source, "ip_location": SHOWN_CITY}
    assert located({}, source, "7.17.29", kind="ip_location") == "No processor type exists with name [ip_location]"


def test_numbers_of_networks(located):
    found = located({"database_file": "own.mmdb"}, {"ip": "89.160.20.128"})["geoip"]
    wanted = {"ip": "89.160.20.128", "asn": 29518, "organization_name": "Bredband2 AB", "network": "89.160.0.0/17"}
    assert found == wanted


def test_properties_are_chosen(located):
    found = located({"properties": ["timezone", "IP"]}, {"ip": "89.160.20.128"})["geoip"]
    assert found == {"ip": "89.160.20.128", "timezone": "Europe/Stockholm"}
    late = located({"properties": ["country_in_european_union", "continent_code"]}, {"ip": "89.160.20.128"})["geoip"]
    assert late == {"country_in_european_union": True, "continent_code": "EU"}


def test_of_several_addresses_the_first_that_is_known_or_all(located):
    source = {"ip": ["80.231.5.0", "89.160.20.128"]}
    assert located({}, source)["geoip"] == SHOWN_CITY
    assert located({"first_only": False}, source)["geoip"] == [None, SHOWN_CITY]
    assert "geoip" not in located({}, {"ip": ["80.231.5.0"]})


@pytest.mark.parametrize("version", ["7.17.29", "8.19.21", "9.5.3"])
def test_a_database_that_is_not_there_leaves_a_tag(located, version):
    """Source: the answers of 8.2 in the makers' issue 87345, and what their pull request 87793 says of 8.3."""
    found = located({}, {"ip": "8.8.8.8"}, version, seed=1)
    assert found == {"ip": "8.8.8.8", "tags": ["_geoip_database_unavailable_GeoLite2-City.mmdb"]}
    missing = located({"ignore_missing": True}, {}, version, seed=1)
    assert missing == ({"tags": found["tags"]} if version == "7.17.29" else {})


def test_what_esmock_does_not_have_is_named(located):
    assert "GeoLite2-City.mmdb" in located({}, {"ip": "8.8.8.8"}, "7.10.2", seed=1)
    assert "GeoIP2-ISP" in located({"database_file": "isp.mmdb"}, {"ip": "8.8.8.8"})


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("options", "source", "reason"),
    [
        ({}, {"ip": "www"}, "'www' is not an IP string literal."),
        ({}, {"ip": None}, "field [ip] is null, cannot extract geoip information."),
        ({}, {"ip": 1}, "field [ip] should contain only string or array of strings"),
        ({}, {"ip": [1]}, "array in field [ip] should only contain strings"),
        ({}, {}, "field [ip] not present as part of path [ip]"),
        ({"database_file": "none.mmdb"}, {}, "[database_file] database file [none.mmdb] doesn't exist"),
        ({"database_file": "../own.mmdb"}, {}, "[database_file] database file [../own.mmdb] doesn't exist"),
        (
            {"database_file": "GeoLite2-Country.mmdb", "properties": ["city_name"]},
            {},
            "[properties] illegal property value [city_name]. valid values are "
            "[IP, COUNTRY_ISO_CODE, COUNTRY_NAME, CONTINENT_NAME]",
        ),
    ],
)
def test_what_is_wrong_is_told(located, options, source, reason):
    assert located(options, source, "7.10.2") == reason
