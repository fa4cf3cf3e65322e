// Shows: SCRAM verifiers are PostgreSQL's, byte for byte, and only the right password matches.
#include "base/scram/scram.h"

#include <gtest/gtest.h>

namespace grizzly::scram {
namespace {

TEST(ScramTest, VerifierOfKnownSalt) {
  // RFC 7677: user "user", password "pencil".
  const std::string salt = *DecodeBase64("W22ZaJ0SNY7soEsUEjb6gQ==");
  const Verifier verifier = MakeVerifier("pencil", salt, 4096);
  EXPECT_EQ(FormatVerifier(verifier),
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
            "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
}

TEST(ScramTest, RoundTrip) {
  for (const char* password : {"secret", "pass word", "gr\xC3\xBC\xC3\x9F", "\xFF\xFE", "I\xC2\xADX"}) {
    SCOPED_TRACE(password);
    const std::optional<Verifier> verifier = ParseVerifier(BuildVerifier(password));
    ASSERT_TRUE(verifier);
    EXPECT_TRUE(PasswordMatches(*verifier, password));
    EXPECT_FALSE(PasswordMatches(*verifier, std::string(password) + "x"));
  }
  // SASLprep drops the soft hyphen.
  EXPECT_TRUE(PasswordMatches(*ParseVerifier(BuildVerifier("I\xC2\xADX")), "IX"));
}

TEST(ScramTest, RefusesOtherForms) {
  for (const char* text :
       {"", "md5abc", "SCRAM-SHA-256$", "SCRAM-SHA-256$4096:AAAA$x:y", "SCRAM-SHA-256$0:AAAA$AAAA:AAAA",
        "SCRAM-SHA-256$4096$AAAA:AAAA"}) {
    EXPECT_FALSE(ParseVerifier(text)) << text;
  }
}

}  // namespace
}  // namespace grizzly::scram
