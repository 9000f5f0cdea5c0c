//! What the words of a name say about the value.

use std::ops::{BitOr, BitOrAssign};

/// A set of things that words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Traits(u32);

impl Traits {
    pub(crate) const PASSWORD: Self = Self(1 << 0);
    pub(crate) const SECRET: Self = Self(1 << 1);
    pub(crate) const TOKEN: Self = Self(1 << 2);
    pub(crate) const KEY: Self = Self(1 << 3);
    pub(crate) const AUTH: Self = Self(1 << 4);
    /// The value is made from a secret and does not give it away.
    pub(crate) const DERIVED: Self = Self(1 << 5);
    /// The value may be known to all.
    pub(crate) const PUBLIC: Self = Self(1 << 6);
    /// The value names something.
    pub(crate) const IDENTIFIER: Self = Self(1 << 7);
    /// The value is shown to people.
    pub(crate) const TEXT: Self = Self(1 << 8);
    /// The value says where something is.
    pub(crate) const PLACE: Self = Self(1 << 9);
    /// The value describes a secret: its type, length, age, policy.
    pub(crate) const DESCRIPTION: Self = Self(1 << 10);
    /// Something is made up for a test or an example.
    pub(crate) const MADE_UP: Self = Self(1 << 11);
    /// A key of a table, a map or a cache.
    pub(crate) const LOOKUP: Self = Self(1 << 12);
    /// What issues or takes credentials: `api`, `access`, `client`, `oauth`.
    pub(crate) const ISSUER: Self = Self(1 << 13);
    /// An account, a database or a server: `db`, `root`, `smtp`.
    pub(crate) const ACCOUNT: Self = Self(1 << 14);
    /// The value signs or encrypts: `private`, `signing`, `encryption`.
    pub(crate) const CRYPTOGRAPHIC: Self = Self(1 << 15);
    /// Something happens: `reset`, `forgot`, `validate`, `is`.
    pub(crate) const ACTION: Self = Self(1 << 16);
    /// Two values are compared.
    pub(crate) const COMPARISON: Self = Self(1 << 17);

    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    #[cfg(test)]
    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Traits {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Traits {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// The longest word that says anything, in bytes.
const MAX_WORD_BYTES: usize = 16;

/// What a word says, in any case; nothing for most words.
pub(crate) fn traits(word: &[u8]) -> Traits {
    let mut folded = [0; MAX_WORD_BYTES];
    let Some(folded) = folded.get_mut(..word.len()) else {
        return Traits::default();
    };
    for (to, from) in folded.iter_mut().zip(word) {
        *to = from.to_ascii_lowercase();
    }
    secret_traits(folded) | other_traits(folded)
}

fn secret_traits(word: &[u8]) -> Traits {
    match word {
        b"password" | b"passwd" | b"pass" | b"pwd" | b"passphrase" | b"passcode" | b"pw"
        | b"passwords" => Traits::PASSWORD,
        b"secret" | b"secrets" => Traits::SECRET,
        b"token" | b"tokens" => Traits::TOKEN,
        b"key" | b"keys" => Traits::KEY,
        b"apikey" | b"accesskey" | b"apikeys" => Traits::KEY | Traits::ISSUER,
        b"secretkey" | b"clientsecret" | b"appsecret" => Traits::SECRET | Traits::ISSUER,
        b"authtoken" | b"accesstoken" => Traits::TOKEN | Traits::ISSUER,
        b"auth" | b"oauth" | b"authorization" | b"credential" | b"credentials" | b"cred"
        | b"creds" => Traits::AUTH,
        b"api" | b"access" | b"client" | b"app" | b"application" | b"consumer" | b"refresh"
        | b"bearer" | b"session" | b"jwt" | b"webhook" | b"aws" | b"azure" | b"gcp" | b"google"
        | b"github" | b"gitlab" | b"slack" | b"stripe" | b"twilio" | b"sendgrid" | b"facebook"
        | b"twitter" | b"firebase" | b"recaptcha" | b"bot" | b"deploy" | b"account"
        | b"subscription" | b"npm" | b"docker" | b"registry" | b"personal" | b"license" => {
            Traits::ISSUER
        }
        b"db" | b"database" | b"mysql" | b"postgres" | b"postgresql" | b"pg" | b"redis"
        | b"mongo" | b"mongodb" | b"root" | b"admin" | b"user" | b"username" | b"smtp"
        | b"mail" | b"email" | b"imap" | b"ftp" | b"sftp" | b"ssh" | b"ldap" | b"keystore"
        | b"truststore" | b"store" | b"jdbc" | b"datasource" | b"rabbitmq" | b"amqp" | b"proxy"
        | b"basic" | b"login" | b"sql" | b"oracle" | b"mssql" | b"sa" | b"bind" | b"wifi"
        | b"default" | b"server" | b"connection" | b"elastic" | b"jenkins" | b"sudo" | b"vault"
        | b"mariadb" | b"kafka" => Traits::ACCOUNT,
        b"private" | b"priv" | b"signing" | b"sign" | b"encryption" | b"encrypt" | b"master"
        | b"shared" | b"hmac" | b"aes" | b"rsa" | b"cipher" | b"crypto" | b"storage" | b"base"
        | b"symmetric" | b"seed" | b"host" => Traits::CRYPTOGRAPHIC,
        _ => Traits::default(),
    }
}

fn other_traits(word: &[u8]) -> Traits {
    match word {
        b"hash" | b"digest" | b"md" | b"sha" | b"checksum" | b"fingerprint" | b"hashed"
        | b"crypted" | b"encrypted" | b"crypt" | b"bcrypt" | b"thumbprint" | b"hashes"
        | b"obfuscated" | b"sealed" | b"redacted" | b"masked" => Traits::DERIVED,
        b"public" | b"pub" | b"pk" | b"publishable" | b"openssh" | b"pgp" | b"gpg" => {
            Traits::PUBLIC
        }
        b"id" | b"ids" | b"identifier" | b"sid" | b"uuid" | b"guid" | b"kid" | b"ref" | b"arn"
        | b"version" | b"alias" => Traits::IDENTIFIER,
        b"name" | b"names" | b"label" | b"title" | b"text" | b"message" | b"msg" | b"error"
        | b"err" | b"errors" | b"warning" | b"placeholder" | b"hint" | b"help" | b"description"
        | b"desc" | b"caption" | b"doc" | b"tooltip" | b"notice" | b"success" | b"failed"
        | b"failure" | b"mismatch" | b"incorrect" | b"required" | b"missing" | b"empty"
        | b"too" | b"must" | b"your" | b"enter" => Traits::TEXT,
        b"file" | b"path" | b"dir" | b"directory" | b"folder" | b"url" | b"uri" | b"endpoint"
        | b"domain" | b"location" | b"link" | b"route" | b"page" | b"filename" | b"files"
        | b"pem" | b"crt" | b"jks" | b"image" | b"icon" => Traits::PLACE,
        b"type" | b"types" | b"format" | b"method" | b"algorithm" | b"algo" | b"alg"
        | b"length" | b"len" | b"size" | b"max" | b"min" | b"count" | b"num" | b"number"
        | b"expires" | b"expiry" | b"expiration" | b"expire" | b"ttl" | b"timeout" | b"time"
        | b"age" | b"policy" | b"strength" | b"score" | b"mode" | b"status" | b"state" | b"at"
        | b"field" | b"column" | b"attribute" | b"attr" | b"param" | b"parameter" | b"property"
        | b"prop" | b"header" | b"var" | b"env" | b"class" | b"style" | b"date" | b"usage"
        | b"ops" | b"provider" | b"manager" | b"service" | b"handler" | b"factory" | b"prefix"
        | b"suffix" | b"regex" | b"pattern" | b"schema" | b"input" | b"form" | b"option"
        | b"options" | b"config" | b"settings" | b"scope" | b"level" | b"set" | b"list"
        | b"info" => Traits::DESCRIPTION,
        b"test" | b"tests" | b"testing" | b"example" | b"fake" | b"dummy" | b"mock" | b"sample"
        | b"expected" | b"valid" | b"invalid" | b"wrong" | b"bad" | b"stub" | b"foo" | b"bar"
        | b"demo" | b"good" | b"any" | b"some" | b"known" => Traits::MADE_UP,
        b"primary" | b"foreign" | b"sort" | b"partition" | b"cache" | b"index" | b"map"
        | b"object" | b"group" | b"lookup" | b"unique" | b"translation" | b"i" | b"n"
        | b"query" | b"dict" | b"json" | b"row" | b"event" | b"hot" | b"shortcut" | b"arrow"
        | b"natural" | b"item" | b"node" | b"tag" | b"meta" | b"dictionary" | b"table"
        | b"model" | b"data" | b"react" | b"routing" | b"bucket" | b"other" | b"last"
        | b"first" | b"next" | b"prev" | b"skip" | b"skiptoken" | b"continuation"
        | b"nexttoken" | b"paging" | b"pagination" | b"cursor" | b"marker" | b"sync" | b"delta"
        | b"idempotency" | b"upload" | b"insights" | b"shard" | b"restore" | b"websocket"
        | b"request" => Traits::LOOKUP,
        b"is" | b"has" | b"get" | b"use" | b"with" | b"reset" | b"forgot" | b"change"
        | b"update" | b"validate" | b"verify" | b"check" | b"confirm" | b"confirmation"
        | b"create" | b"delete" | b"generate" | b"parse" | b"show" | b"hide" | b"enable"
        | b"enabled" | b"disable" | b"disabled" | b"require" | b"allow" | b"revoke" | b"rotate"
        | b"read" | b"load" | b"save" | b"find" | b"on" | b"handle" | b"expired" | b"changed"
        | b"need" | b"needs" | b"no" | b"not" => Traits::ACTION,
        b"equals" | b"equal" | b"eq" | b"compare" | b"should" | b"matches" => Traits::COMPARISON,
        _ => Traits::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_they_say_in_any_case() {
        assert!(traits(b"PassWord").has(Traits::PASSWORD));
        assert!(traits(b"API").has(Traits::ISSUER));
        assert!(traits(b"Length").has(Traits::DESCRIPTION));
        assert!(traits(b"giraffe").is_empty());
        assert!(traits(&[b'a'; 200]).is_empty());
    }
}
