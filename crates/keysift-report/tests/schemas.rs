//! The goldens of formats that others define are valid by their schemas.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use serde_json::Value;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test reads its own goldens and schemas"
)]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// Every golden of a format, by the name of its case.
fn goldens(format: &str) -> Vec<(String, String)> {
    let folder = tests().join("goldens").join(format);
    let mut goldens: Vec<(String, String)> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                read(&entry.path()),
            )
        })
        .collect();
    assert!(goldens.len() > 5);
    let pairs = tests().join("pairs/goldens").join(format);
    goldens.push(("pairs".to_owned(), read(&pairs)));
    goldens
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn assert_valid(format: &str, schema: &Path) {
    let schema = parse(&read(schema));
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    for (case, text) in goldens(format) {
        let errors: Vec<String> = validator
            .iter_errors(&parse(&text))
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{format} {case}: {errors:#?}");
    }
    // A schema that takes anything would show nothing.
    assert!(!validator.is_valid(&serde_json::json!({"version": 1})));
}

#[test]
fn sarif_is_valid_by_its_schema() {
    assert_valid("sarif", &tests().join("schemas/sarif-2.1.0.json"));
}

#[test]
fn gitlab_is_valid_by_its_schema() {
    let schema = "schemas/gitlab-secret-detection-15.2.1.json";
    assert_valid("gitlab", &tests().join(schema));
}

/// The schema lists every field: one that it does not know is refused, so that none is added without it.
#[test]
fn json_is_valid_by_the_schema_that_is_published() {
    assert_valid("json", &tests().join("../../../docs/schema/report.json"));
}

#[test]
fn every_finding_is_a_place_of_one_secret() {
    for (case, text) in goldens("json") {
        let document = parse(&text);
        let findings = document["findings"].as_array().unwrap();
        let mut seen = vec![0; findings.len()];
        for secret in document["secrets"].as_array().unwrap() {
            for index in secret["findings"].as_array().unwrap() {
                let index = usize::try_from(index.as_u64().unwrap()).unwrap();
                for field in ["secret_id", "fingerprint"] {
                    assert_eq!(findings[index][field], secret[field], "{case}");
                }
                seen[index] += 1;
            }
        }
        assert!(seen.iter().all(|count| *count == 1), "{case}");
    }
}

/// What GitHub asks for beyond the schema.
#[test]
fn sarif_has_what_github_reads() {
    for (case, text) in goldens("sarif") {
        let run = &parse(&text)["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for rule in rules {
            for field in ["shortDescription", "fullDescription", "help"] {
                assert!(rule[field]["text"].is_string(), "{case} {field}");
            }
            let score: f64 = rule["properties"]["security-severity"]
                .as_str()
                .unwrap()
                .parse()
                .unwrap();
            assert!((0.1..=10.0).contains(&score));
            assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 10);
        }
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"], "{case}");
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()), "{case}");
            if case != "git" {
                assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
            }
            for field in ["startLine", "startColumn", "endLine", "endColumn"] {
                assert!(place["region"][field].as_u64().unwrap() >= 1);
            }
        }
    }
}

/// The elements and attributes of Jenkins' schema for JUnit, as far as they are written.
const JUNIT: &[(&str, &[&str], &[&str])] = &[
    ("testsuites", &["name"], &["testsuite"]),
    (
        "testsuite",
        &["name", "tests", "failures", "errors", "skipped"],
        &["testcase", "system-out"],
    ),
    ("testcase", &["name", "classname"], &["failure", "error"]),
    ("failure", &["type", "message"], &[]),
    ("error", &["type", "message"], &[]),
    ("system-out", &[], &[]),
];

#[test]
fn junit_is_well_formed_and_counts_what_it_holds() {
    for (case, text) in goldens("junit") {
        let document = roxmltree::Document::parse(&text).unwrap();
        assert_eq!(document.root_element().tag_name().name(), "testsuites");
        for node in document.descendants().filter(roxmltree::Node::is_element) {
            let name = node.tag_name().name();
            let (_, attributes, children) =
                JUNIT.iter().find(|(known, ..)| *known == name).unwrap();
            let names: Vec<&str> = node.attributes().map(|field| field.name()).collect();
            assert_eq!(names, *attributes, "{case}");
            for child in node.children().filter(roxmltree::Node::is_element) {
                assert!(children.contains(&child.tag_name().name()), "{case}");
            }
            if name == "testsuite" {
                let count = |name: &str| {
                    let nodes = node.descendants().filter(|node| node.has_tag_name(name));
                    nodes.count().to_string()
                };
                assert_eq!(node.attribute("tests"), Some(&*count("testcase")), "{case}");
                assert_eq!(node.attribute("failures"), Some(&*count("failure")));
                assert_eq!(node.attribute("errors"), Some(&*count("error")));
                assert_ne!(node.attribute("tests"), Some("0"));
            }
        }
    }
}

#[test]
fn csv_has_the_same_columns_in_every_row() {
    for (case, text) in goldens("csv") {
        assert!(
            text.split_inclusive('\n')
                .all(|line| line.ends_with("\r\n"))
        );
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert!(!rows.is_empty(), "{case}");
    }
}

#[test]
fn gitleaks_json_has_the_fields_that_gitleaks_writes() {
    for (case, text) in goldens("gitleaks") {
        let findings = parse(&text);
        for finding in findings.as_array().unwrap() {
            let path = finding["File"].as_str().unwrap();
            let rule = finding["RuleID"].as_str().unwrap();
            let mut expected = format!("{path}:{rule}:{}", finding["StartLine"]);
            if let Some(commit) = finding["Commit"].as_str().filter(|id| !id.is_empty()) {
                expected = format!("{commit}:{expected}");
            }
            assert_eq!(finding["Fingerprint"], expected, "{case}");
            assert_eq!(finding["Secret"] == "REDACTED", case != "shown");
        }
    }
}

/// GitHub takes no longer comment.
#[test]
fn markdown_fits_into_a_comment() {
    for (case, text) in goldens("markdown") {
        assert!(text.chars().count() < 65_536, "{case}");
        assert_eq!(
            text.matches("<details").count(),
            text.matches("</details>").count()
        );
    }
}
