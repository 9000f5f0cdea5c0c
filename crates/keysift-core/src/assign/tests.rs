//! Whole assignments, as people write them.

use super::*;

/// A made-up secret, put together here.
fn secret() -> String {
    ["q7Zk2v", "X9mT4", "rB8s"].concat()
}

/// The values of the literals in `text`.
fn literals(text: &str) -> Vec<String> {
    candidates(text.as_bytes())
        .into_iter()
        .filter(|found| found.nature == Nature::Literal)
        .map(|found| text[found.value.start..found.value.end].to_owned())
        .collect()
}

/// What the values in `text` are.
fn natures(text: &str) -> Vec<Nature> {
    candidates(text.as_bytes())
        .into_iter()
        .map(|found| found.nature)
        .collect()
}

#[test]
fn a_value_is_read_in_each_syntax() {
    let mut failed = Vec::new();
    for text in [
        "db.password = \"{}\"",
        "DB_PASSWORD={}\n",
        "password := \"{}\"",
        ":password => '{}',",
        "if (password == '{}') {",
        "if password != \"{}\":",
        "\"password\": \"{}\",",
        "\\\"password\\\":\\\"{}\\\"",
        "&quot;password&quot;: &quot;{}&quot;",
        "password: {} # for now\n",
        "password: |\n  {}\n",
        "password = '''{}'''",
        "<password>{}</password>",
        "<ns:password>{}</ns:password>",
        "<property name=\"password\">{}</property>",
        "<add key=\"Password\" value=\"{}\"/>",
        "<key>password</key>\n  <string>{}</string>",
        "- name: DB_PASSWORD\n  value: {}\n",
        "{\"name\": \"DB_PASSWORD\", \"value\": \"{}\"}",
        "CREATE USER a WITH PASSWORD '{}';",
        "ALTER USER a IDENTIFIED WITH native_password BY '{}';",
        "ENV DB_PASSWORD={}\n",
        "ENV DB_PASSWORD {}\n",
        "tool --password {} --all",
        "tool --password={}",
        "tool -Password '{}'",
        "conn.setPassword(\"{}\")",
        "os.Setenv(\"PGPASSWORD\", \"{}\")",
        "property_set(:smtp, :password, '{}')",
        "cfg[\"password\"] = \"{}\"",
        "$password = ConvertTo-SecureString \"{}\" -AsPlainText",
        "password: String = \"{}\"",
        "var password string = \"{}\"",
        "char password[] = \"{}\";",
        "password = []byte(\"{}\")",
        "password = b'{}'",
        "password = new Secret(bytes(\"{}\"))",
        "password = process.env.PASSWORD || '{}'",
        "password = os.environ.get('PASSWORD', '{}')",
        "passwords = [\"{}\", \"other\"]",
        "cookies[:password] = { value: '{}' }",
        "https://corp.io/login?password={}&next=/",
        "machine corp.io login ops password {}\n",
        "password is `{}`",
        "user.password.equals(\"{}\")",
    ] {
        let text = text.replace("{}", &secret());
        if !literals(&text).contains(&secret()) {
            failed.push(text);
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn a_value_is_read_where_no_operator_stands() {
    let mut failed = Vec::new();
    for text in [
        "<setting name=\"ApiKey\" serializeAs=\"String\"><value>{}</value></setting>",
        "<setting name=\"Password\" serializeAs=\"String\">\n  <value>{}</value>",
        "<property name=\"password\"><value>{}</value></property>",
        "<password><![CDATA[{}]]></password>",
        "variable \"db_password\" {\n  type = string\n  default = \"{}\"\n}",
        "req.SetBasicAuth(\"ops\", \"{}\")",
        "new UsernamePasswordCredentials(user.name, \"{}\")",
        "new PasswordAuthentication(\"ops\", \"{}\".toCharArray())",
        "Dim password As String = \"{}\"",
        "{password, \"{}\"}",
        "bindpw {}\n",
        "  rootpw {}\n",
        "wpa_psk=\"{}\"",
        "The password is {}\n",
        "https://corp.io/back#access_token={}&token_type=bearer",
    ] {
        let text = text.replace("{}", &secret());
        if !literals(&text).contains(&secret()) {
            failed.push(text);
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn what_only_looks_like_such_a_form_is_not_read() {
    for text in [
        "password authentication1 failed\n",
        "variable \"db_password\" {\n  type = string\n}\ndefault = \"q7Zk2vX9\"",
        "variable \"db_password\" {\n  default",
        "variable \"db_password\" {",
        "<input name=\"password\" type=\"text\" />q7Zk2vX9<br>",
        "<a name=\"password\" href=\"q7Zk2vX9",
        "Authorization: OAuth realm=\"q7Zk2vX9\"",
        "'Authorization': 'Digest username=\"q7Zk2vX9\", uri=\"/\"'",
        "\"Authorization\": \"OAuth realm=\\\"q7Zk2vX9\\\", uri=\\\"/\\\"\"",
        "const { password, user } = \"q7Zk2vX9\"",
        "basicAuth(user,",
    ] {
        assert_eq!(literals(text), [""; 0], "{text}");
    }
}

#[test]
fn headers_are_read_behind_their_scheme() {
    for text in [
        "Authorization: Bearer {}\n",
        "'Authorization': 'token {}'",
        "curl -H \"X-Api-Key: {}\"",
        "\"value\": \"Bearer {}\"",
    ] {
        let text = text.replace("{}", &secret());
        assert!(literals(&text).contains(&secret()), "{text}");
    }
}

#[test]
fn what_is_no_literal_is_told_apart() {
    let mut failed = Vec::new();
    for (text, wanted) in [
        ("password = ${DB_PASSWORD}", Nature::Reference),
        ("password: {{.Values.password}}", Nature::Reference),
        ("password = $password", Nature::Reference),
        ("password: !vault |", Nature::Encrypted),
        ("password: ENC[AES256_GCM,data:abc]", Nature::Encrypted),
        ("password = \"********\"", Nature::Placeholder),
        ("password_file = \"/run/secrets/db\"", Nature::Location),
        ("token_url: https://corp.io/token", Nature::Location),
        ("\"password\": \"Forgot your password?\"", Nature::Prose),
        ("\"password\": \"Zapomenuté heslo\"", Nature::Prose),
        ("password: \"$2b$12$abcdefgh\"", Nature::Digest),
        ("public_key = \"ssh-rsa AAAAB3\"", Nature::Armour),
        ("token: string;", Nature::Syntax),
        ("SecretID: \"q7Zk2vX9mT4rB8s\"", Nature::Identifier),
        ("skipToken: \"q7Zk2vX9mT4rB8s\"", Nature::Identifier),
        ("key: 'componentDidMount',", Nature::Identifier),
        ("PASSWORD_EXPIRED = 3221225585 -> Code", Nature::Reference),
        ("reset_password_at = 2.days.ago", Nature::Reference),
        ("Authorization: NTLM TlRMTVNTUAABAAAA", Nature::Digest),
    ] {
        if natures(text) != [wanted] {
            failed.push((text, natures(text)));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn what_is_no_assignment_is_not_read() {
    for text in [
        "the password of the account is kept elsewhere",
        "password",
        "password =",
        "password:\n",
        "Password::new()",
        "public class GetToken : Cmdlet",
        "password.length > 8",
        "if (password) {",
        "{ \"password\": { \"type\": \"text\" } }",
        "password = \"no end",
        "password = getpass()",
        "password = <password>",
        r"\b(?P<secret>CCIPRJ_[0-9A-Za-z]{22}_x)",
        r"(?<password>[^\s]{8}hT4x)",
    ] {
        assert_eq!(literals(text), [""; 0], "{text}");
    }
}

#[test]
fn reading_depends_on_a_bounded_window_alone() {
    let text = format!(
        "{}password = \"{}\"{}",
        "x = 1;\n".repeat(600),
        secret(),
        "\ny = 2;".repeat(900)
    );
    let whole = candidates(text.as_bytes());
    let [found] = &whole[..] else {
        panic!("{} assignments", whole.len());
    };
    let from = found.stem - 1025;
    let window = &text.as_bytes()[from..found.stem + REACH_BYTES + 1025];
    let inner = candidates(window);
    assert_eq!(inner.len(), 1);
    assert_eq!(inner[0].features, found.features);
    assert_eq!(inner[0].value.start + from, found.value.start);
}

#[test]
fn hostile_bytes_are_read_in_bounded_time_and_end_nothing() {
    for unit in [
        "pass",
        "pass=",
        "password=\"",
        "\\",
        "key:[",
        "token\\\\\\\"",
        "secret=a(b(c(",
        "&quot;",
        "auth=Bearer ",
        "\u{fffd}key=",
        "password:\n",
        "a.b-c.key=",
        "keykey",
        "password|",
    ] {
        let text = unit.repeat(4000);
        candidates(text.as_bytes());
    }
}

#[test]
fn people_s_own_passwords_are_more_than_negligible() {
    for word in ["welcome1", "summer2019", "letmein!"] {
        let text = format!("spring:\n  datasource:\n    username: app\n    password: {word}\n");
        let found = judged(
            text.as_bytes(),
            text.find("password").unwrap(),
            NameKinds::of(&[NameKind::Password]),
            true,
            &mut 0,
        );
        let (assignment, judgement) = found.unwrap();
        assert_eq!(&text[assignment.value.range()], word);
        assert!(judgement.confidence.is_some(), "{word}");
        assert_eq!(judgement.signals.iter().count(), 3);
    }
}

#[test]
fn a_byte_that_may_not_follow_a_stem_begins_no_assignment() {
    for (stem, _) in stems() {
        for byte in 0..=u8::MAX {
            if may_follow(stem.as_bytes(), byte) {
                continue;
            }
            for stem in [stem.to_owned(), stem.to_uppercase()] {
                for behind in [
                    "= 'v4lue'",
                    " = 'v4lue'",
                    "\": 'v4lue'",
                    "s='v4lue'",
                    "word='v4lue'",
                ] {
                    let text = [stem.as_bytes(), &[byte], behind.as_bytes()].concat();
                    let read = candidates(&text);
                    assert!(
                        read.iter().all(|it| it.stem != 0),
                        "{stem:?} {byte}: {text:?}"
                    );
                }
            }
        }
    }
    assert!(may_follow(b"pass", b'w') && !may_follow(b"pass", b'o') && !may_follow(b"key", b')'));
}

#[test]
fn work_grows_with_what_a_value_was_sought_in_and_is_more_where_the_model_judges() {
    let work = |text: &str| {
        let (kinds, mut work) = (NameKinds::of(&[NameKind::Token]), 0);
        judged(text.as_bytes(), 0, kinds, false, &mut work);
        work
    };
    let nothing = work("token and so on");
    assert!(nothing > 0 && nothing < 100);
    // Neither ends, and neither is a value.
    assert!(work(&"token=".repeat(400)) > 1000 + nothing);
    assert!(work(&format!("token='{}", "a b".repeat(400))) > 1000 + nothing);
    assert!(work(&format!("token='{}'", secret())) > MODEL_WORK_BYTES);
}
