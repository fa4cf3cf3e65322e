// Shows: SCRAM-SHA-256 logins with RFC 7677's numbers, and PostgreSQL's errors for malformed ones.
#include "server/auth/scram_exchange.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error/sql_error.h"

namespace grizzly::server {
namespace {

constexpr std::string_view kServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr std::string_view kClientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
constexpr std::string_view kFinal =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

std::string PencilVerifier() {
  return scram::FormatVerifier(
      scram::MakeVerifier("pencil", *scram::DecodeBase64("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096));
}

ScramExchange Began(std::string_view stored) {
  ScramExchange exchange("user", stored, "");
  exchange.SetServerNonceForTest(std::string(kServerNonce));
  exchange.TakeFirst(kScramMechanism, kClientFirst);
  return exchange;
}

TEST(ScramExchangeTest, Rfc7677) {
  ScramExchange exchange("user", PencilVerifier(), "");
  exchange.SetServerNonceForTest(std::string(kServerNonce));
  EXPECT_EQ(exchange.TakeFirst(kScramMechanism, kClientFirst),
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
  EXPECT_EQ(exchange.TakeFinal(kFinal), "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST(ScramExchangeTest, WrongOrMissingPassword) {
  EXPECT_EQ(Began(scram::BuildVerifier("other")).TakeFinal(kFinal), std::nullopt);
  EXPECT_EQ(Began("").TakeFinal(kFinal), std::nullopt);
  // The made-up salt of an unknown user does not change.
  const auto salt = [](std::string_view user) {
    ScramExchange exchange(user, "", "");
    exchange.SetServerNonceForTest("x");
    return exchange.TakeFirst(kScramMechanism, kClientFirst);
  };
  EXPECT_EQ(salt("eve"), salt("eve"));
  EXPECT_NE(salt("eve"), salt("bob"));
}

std::string ErrorOf(const std::function<void()>& act) {
  try {
    act();
  } catch (const SqlError& error) {
    const auto state = facts::SqlStateText(error.state());
    return std::string(state.data(), 5) + " " + error.diagnostic().message + " " +
           error.diagnostic().detail;
  }
  return "";
}

TEST(ScramExchangeTest, Malformed) {
  const auto first = [](std::string_view message, std::string_view mechanism = kScramMechanism,
                        std::string_view hash = "") {
    return ErrorOf([&] { ScramExchange("user", "", hash).TakeFirst(mechanism, message); });
  };
  EXPECT_EQ(first("n,,n=,r=x", "PLAIN"),
            "08P01 client selected an invalid SASL authentication mechanism ");
  EXPECT_EQ(first(""), "08P01 malformed SCRAM message The message is empty.");
  EXPECT_EQ(first("x,,n=,r=x"),
            "08P01 malformed SCRAM message Unexpected channel-binding flag \"x\".");
  EXPECT_EQ(first("n,a=z,n=,r=x"),
            "0A000 client uses authorization identity, but it is not supported ");
  EXPECT_EQ(first("n,,m=1,n=,r=x"), "0A000 client requires an unsupported SCRAM extension ");
  EXPECT_EQ(first("n,,n=,r=\x01"), "08P01 non-printable characters in SCRAM nonce ");
  EXPECT_EQ(first("n,,r=x"),
            "08P01 malformed SCRAM message Expected attribute \"n\" but found \"r\".");
  EXPECT_EQ(first("y,,n=,r=x", kScramMechanism, "hash").substr(0, 48),
            "28000 SCRAM channel binding negotiation error Th");
  EXPECT_EQ(first("n,,n=,r=x", kScramPlusMechanism, "hash").substr(0, 34),
            "08P01 malformed SCRAM message The ");
  const auto last = [](std::string_view message) {
    return ErrorOf([&] { Began("").TakeFinal(message); });
  };
  EXPECT_EQ(last("c=eSws,r=x,p=x"),
            "08P01 unexpected SCRAM channel-binding attribute in client-final-message ");
  EXPECT_EQ(last("c=biws,r=x,p=x"), "08P01 invalid SCRAM response Nonce does not match.");
  EXPECT_EQ(last(kFinal.substr(0, kFinal.size() - 4)),
            "08P01 malformed SCRAM message Malformed proof in client-final-message.");
}

TEST(ScramExchangeTest, ChannelBinding) {
  const std::string verifier = PencilVerifier();
  ScramExchange exchange("user", verifier, "HASH");
  exchange.SetServerNonceForTest("srv");
  exchange.TakeFirst(kScramPlusMechanism, "p=tls-server-end-point,,n=,r=abc");
  const std::string without_proof =
      "c=" + scram::EncodeBase64("p=tls-server-end-point,,HASH") + ",r=abcsrv";
  EXPECT_EQ(exchange.TakeFinal(without_proof + ",p=" + scram::EncodeBase64(std::string(32, 'x'))),
            std::nullopt);
  ScramExchange other("user", verifier, "OTHER");
  other.SetServerNonceForTest("srv");
  other.TakeFirst(kScramPlusMechanism, "p=tls-server-end-point,,n=,r=abc");
  EXPECT_EQ(ErrorOf([&] { other.TakeFinal(without_proof + ",p=x"); }),
            "28000 SCRAM channel binding check failed ");
}

}  // namespace
}  // namespace grizzly::server
