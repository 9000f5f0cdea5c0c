//! Secrets of the shape of each format.

/// A small generator (xorshift), so that a failure can be repeated.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.next() % end.max(1)
    }

    pub(super) fn text(&mut self, length: usize, alphabet: &[u8]) -> String {
        (0..length)
            .map(|_| char::from(alphabet[self.below(alphabet.len())]))
            .collect()
    }
}

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE64: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";
const BASE64_URL: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const HEX: &[u8] = b"0123456789abcdef";

/// A secret of the shape of this format, as a rule's pattern would make it up. The prefixes are in two parts so that
/// no scanner takes this file for a leak.
pub(super) fn shape(name: &str, random: &mut Random) -> String {
    let parts: Vec<String> = match name {
        "ado-net-string" => vec!["Server=tcp:db.internal,1433;Database=orders;User Id=app;Pass".into(), "word=".into(), random.text(16, BASE62)],
        "age-key" => vec!["AGE-SECRET".into(), "-KEY-1".into(), random.text(58, BECH32).to_uppercase()],
        "airtable-token" => vec!["pa".into(), "t".into(), random.text(14, BASE62), ".".into(), random.text(64, HEX)],
        "anthropic-key" => vec!["sk-ant".into(), "-api03-".into(), random.text(93, BASE64_URL), "AA".into()],
        "asana-token" => vec!["1/".into(), random.text(16, b"123456789"), ":".into(), random.text(32, HEX)],
        "atlassian-token" => vec!["ATA".into(), "TT3xFfGF0".into(), random.text(170, BASE64_URL), "=".into(), random.text(8, b"0123456789ABCDEF")],
        "aws-access-key-id" => vec!["AK".into(), "IAQ".into(), random.text(15, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")],
        "aws-bedrock-key" => vec!["AB".into(), "SK".into(), random.text(128, BASE64)],
        "aws-session-token" => vec!["IQoJb3JpZ2luX2VjEAEa".into(), "CWV1LXdlc3QtMS".into(), random.text(200, BASE64)],
        "azure-cask" => vec![random.text(52, BASE62), "JQ".into(), "QJ99BL".into(), random.text(16, BASE62), "AZDO".into(), random.text(4, BASE62)],
        "azure-connection-string" => vec!["AccountName=a;Account".into(), "Key=".into(), random.text(76, BASE64), "+A".into(), "St".into(), random.text(6, BASE64), "==".into()],
        "azure-devops-token" => vec![random.text(52, b"abcdefghijklmnopqrstuvwxyz234567")],
        "azure-identifiable-key" => vec![random.text(33, BASE64), "Az".into(), "CaA".into(), random.text(5, BASE64), "=".into()],
        "azure-sas" => vec!["sv=2022-11-02&ss=b&srt=co&sp=rl&se=2026-01-01T00:00:00Z&s".into(), "ig=".into(), random.text(43, BASE62), "%3D".into()],
        "azure-storage-key" => vec![random.text(76, BASE64), "+A".into(), "St".into(), random.text(6, BASE64), "==".into()],
        "basic-auth" | "docker-auth" => vec![random.text(32, BASE64)],
        "bitbucket-app-password" => vec!["AT".into(), "BB".into(), random.text(24, BASE62), random.text(8, b"0123456789ABCDEF")],
        "bitcoin-key" => vec!["K".into(), random.text(51, BASE58)],
        "cloudflare-token" => vec!["cf".into(), "ut_".into(), random.text(40, BASE62), random.text(8, HEX)],
        "confluent-secret" => vec!["cf".into(), "lt".into(), random.text(60, BASE64)],
        "crates-io-token" => vec!["cio".into(), "_tp_".into(), random.text(32, b"!")],
        "database-url" | "url-credentials" => vec!["postgres://app:".into(), random.text(16, BASE62), "@db.internal:5432/orders".into()],
        "deno-token" => vec!["dd".into(), "p_".into(), random.text(36, BASE62)],
        "digitalocean-token" => vec!["dop".into(), "_v1_".into(), random.text(64, HEX)],
        "discord-bot-token" => vec!["M".into(), random.text(23, BASE64_URL), ".".into(), random.text(6, BASE64_URL), ".".into(), random.text(38, BASE64_URL)],
        "doppler-token" => vec!["dp.".into(), "st.prd.".into(), random.text(43, BASE62)],
        "dynatrace-token" => vec!["dt0".into(), "c01.".into(), random.text(24, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), ".".into(), random.text(64, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")],
        "elastic-key" => vec!["es".into(), "su_".into(), random.text(90, BASE64), "A=".into()],
        "entra-client-secret" => vec![random.text(3, BASE62), "8".into(), "Q~".into(), random.text(34, BASE62)],
        "figma-token" => vec!["fi".into(), "gd_".into(), random.text(40, BASE64_URL)],
        "gcp-service-account" => vec![r#"{"type":"service_account","client_email":"a@b.iam.gserviceaccount.com","private_key":""#.into(), random.text(64, BASE62), r#""}"#.into()],
        "gcs-hmac-id" => vec!["GO".into(), "OG".into(), random.text(57, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")],
        "github-token" => vec!["gh".into(), "p_".into(), random.text(36, BASE62)],
        "gitlab-token" => vec!["gl".into(), "pat-".into(), random.text(40, BASE64_URL), ".01.".into(), random.text(9, BASE36)],
        "google-client-id" => vec![random.text(12, b"123456789"), "-".into(), random.text(32, BASE36), ".apps.googleusercontent.com".into()],
        "grafana-cloud-token" => vec!["gl".into(), "c_eyJvIjoi".into(), random.text(100, BASE64)],
        "grafana-service-account" => vec!["gl".into(), "sa_".into(), random.text(32, BASE62), "_".into(), random.text(8, HEX)],
        "hugging-face-token" => vec!["h".into(), "f_".into(), random.text(34, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")],
        _ => return later_shape(name, random),
    };
    parts.concat()
}

/// The same for the second half of the names.
fn later_shape(name: &str, random: &mut Random) -> String {
    let parts: Vec<String> = match name {
        "jdbc-url" => vec!["jdbc:postgresql://db.internal:5432/orders?user=app&pass".into(), "word=".into(), random.text(16, BASE62)],
        "jwt" | "jwt-claims" => vec!["eyJ".into(), random.text(30, BASE64_URL), ".eyJ".into(), random.text(80, BASE64_URL), ".".into(), random.text(43, BASE64_URL)],
        "jks" => vec!["\u{0}".into(), random.text(64, BASE62)],
        "jwk" => vec![r#"{"kty":"oct","kid":"1","k":""#.into(), random.text(43, BASE64_URL), "\"}".into()],
        "linear-key" => vec!["lin".into(), "_api_".into(), random.text(40, BASE62)],
        "mailgun-key" => vec!["ke".into(), "y-".into(), random.text(32, HEX)],
        "matrix-token" => vec!["sy".into(), "t_ZGVwbG95_".into(), random.text(20, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"), "_".into(), random.text(6, BASE62)],
        "nats-seed" => vec!["S".into(), "UA".into(), random.text(55, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")],
        "nostr-key" => vec!["ns".into(), "ec1".into(), random.text(58, BECH32)],
        "notion-token" => vec!["nt".into(), "n_".into(), random.text(46, BASE62)],
        "npm-token" => vec!["np".into(), "m_".into(), random.text(36, BASE62)],
        "openai-key" => vec!["sk-".into(), "proj-".into(), random.text(74, BASE64_URL), "T3Blbk".into(), "FJ".into(), random.text(74, BASE64_URL)],
        "pkcs12" => vec!["MIIBAAIBAzCC".into(), random.text(800, BASE64)],
        "planetscale-token" => vec!["pscale".into(), "_tkn_".into(), random.text(43, BASE64_URL)],
        "polar-token" => vec!["polar".into(), "_oat_".into(), random.text(43, BASE62)],
        "postman-key" => vec!["PM".into(), "AK-".into(), random.text(24, HEX), "-".into(), random.text(34, HEX)],
        "presigned-url" => vec!["https://b.s3.amazonaws.com/k?X-Amz-Credential=AK".into(), "IAQ".into(), random.text(15, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), "%2F20231114%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20231114T221320Z&X-Amz-Expires=3600&X-Amz-Signature=".into(), random.text(64, HEX)],
        "private-key" => {
            let label = ["RSA ", "EC ", "DSA ", "", "ENCRYPTED ", "OPENSSH "][random.below(6)];
            let digits = 64 + random.below(2000);
            vec!["-----BE".into(), format!("GIN {label}PRIVATE KEY-----\n"), random.text(digits, BASE64), format!("\n-----END {label}PRIVATE KEY-----")]
        }
        "pypi-token" => vec!["py".into(), "pi-AgEIcHlwaS5vcmc".into(), random.text(150, BASE64_URL)],
        "sendgrid-key" => vec!["S".into(), "G.".into(), random.text(22, BASE64_URL), ".".into(), random.text(43, BASE64_URL)],
        "sentry-org-token" => vec!["sntr".into(), "ys_eyJ".into(), random.text(200, BASE64), "_".into(), random.text(43, BASE64)],
        "shopify-token" => vec!["shp".into(), "at_".into(), random.text(32, HEX)],
        "slack-token" => vec!["xox".into(), "e.xoxp-1-".into(), random.text(166, BASE64)],
        "slack-webhook" => vec!["https://hooks.sl".into(), "ack.com/services/T0".into(), random.text(8, b"0123456789ABCDEF"), "/B0".into(), random.text(8, b"0123456789ABCDEF"), "/".into(), random.text(24, BASE62)],
        "stellar-seed" => vec!["S".into(), "B".into(), random.text(54, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")],
        "stripe-key" => vec!["sk_".into(), "live_".into(), random.text(24, BASE62)],
        "sui-key" => vec!["suipriv".into(), "key1".into(), random.text(59, BECH32)],
        "supabase-key" => vec!["sb_".into(), "secret_".into(), random.text(22, BASE64_URL), "_".into(), random.text(8, BASE64_URL)],
        "tailscale-key" => vec!["tskey".into(), "-auth-".into(), random.text(12, BASE62), "-".into(), random.text(32, BASE62)],
        "telegram-bot-token" => vec!["12345678".into(), ":AA".into(), random.text(33, BASE64_URL)],
        "terraform-token" => vec![random.text(14, BASE62), ".atlas".into(), "v1.".into(), random.text(67, BASE62)],
        "tezos-key" => vec!["ed".into(), "sk".into(), random.text(50, BASE58)],
        "twilio-sid" => vec!["A".into(), "C".into(), random.text(32, HEX), ":".into(), random.text(32, HEX)],
        "unkey-key" => vec!["unkey".into(), "_".into(), random.text(8, BASE58), "unkeyv1".into(), random.text(42, BASE58)],
        "vault-token" => vec!["hv".into(), "s.".into(), random.text(95, BASE64_URL)],
        "vercel-token" => vec!["vc".into(), "p_".into(), random.text(56, BASE62)],
        "wireguard-key" => vec![random.text(42, BASE64), "A=".into()],
        "xrp-seed" => vec!["s".into(), random.text(28, BASE58)],
        "zuplo-key" => vec!["zp".into(), "ka_".into(), random.text(32, BASE36), "_".into(), random.text(8, HEX)],
        _ => panic!("{name}: no shape to test with"),
    };
    parts.concat()
}
