using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Wharf.Registry.Access;

namespace Wharf.Registry.Tests.Access;

public sealed class TokenVerifierTests
{
    private const string Good = """{"iss":"auth","aud":"reg","sub":"bob","exp":4102444800,"nbf":1,"access":[{"type":"repository","name":"a/b","actions":["pull"]}]}""";
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly RSA RsaKey = RSA.Create(2048);

    [Fact]
    public void Token_SignedByATrustedKey_IsBelieved()
    {
        TokenClaims? claims = Verifier(TrustedKey.Of(Key)).Verify(Ec("""{"alg":"ES256"}""", Good));
        Assert.NotNull(claims);
        Assert.True(new TokenCaller(claims.Subject, claims.Access).May("a/b", "pull"));
        Assert.False(new TokenCaller(claims.Subject, claims.Access).May("a/b", "push"));
        Assert.False(new TokenCaller(claims.Subject, claims.Access).May("a/bc", "pull"));
        Assert.NotNull(Verifier(TrustedKey.Of(RsaKey, "k1")).Verify(Rsa("""{"alg":"RS256","kid":"k1"}""", Good)));
    }

    [Theory]
    [InlineData("""{"iss":"other","aud":"reg","exp":4102444800}""")]
    [InlineData("""{"iss":"auth","aud":"other","exp":4102444800}""")]
    [InlineData("""{"iss":"auth","aud":["x","y"],"exp":4102444800}""")]
    [InlineData("""{"iss":"auth","aud":"reg","exp":1000}""")]
    [InlineData("""{"iss":"auth","aud":"reg"}""")]
    [InlineData("""{"iss":"auth","aud":"reg","exp":4102444800,"nbf":4102440000}""")]
    [InlineData("""{"iss":"auth","aud":"reg","exp":"never"}""")]
    [InlineData("""{"iss":"auth","aud":"reg","exp":1e300}""")]
    [InlineData("""{"iss":"auth","aud":"reg","exp":4102444800,"access":[{"type":"repository"}]}""")]
    [InlineData("nonsense")]
    [Trait("attack", "reg-token-scope")]
    public void Token_WithWrongClaims_IsNot(string claims) => Assert.Null(Verifier(TrustedKey.Of(Key)).Verify(Ec("""{"alg":"ES256"}""", claims)));

    [Fact]
    public void Token_SignedOtherwise_IsNot()
    {
        TokenVerifier verifier = Verifier(TrustedKey.Of(Key, "own"), TrustedKey.Of(RsaKey));
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string signed = Ec("""{"alg":"ES256","kid":"own"}""", Good);
        string[] parts = signed.Split('.');
        string none = Base64Url.EncodeToString("""{"alg":"none"}"""u8);
        string hmac = Base64Url.EncodeToString("""{"alg":"HS256"}"""u8);
        string body = $"{hmac}.{parts[1]}";
        string forged = Base64Url.EncodeToString(HMACSHA256.HashData(Key.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(body)));
        Assert.NotNull(verifier.Verify(signed));
        Assert.Null(verifier.Verify($"{none}.{parts[1]}."));
        Assert.Null(verifier.Verify($"{none}.{parts[1]}.{parts[2]}"));
        Assert.Null(verifier.Verify($"{body}.{forged}"));
        Assert.Null(verifier.Verify($"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Good.Replace("pull", "push", StringComparison.Ordinal)))}.{parts[2]}"));
        Assert.Null(verifier.Verify(Sign(stranger, """{"alg":"ES256","kid":"own"}""", Good)));
        Assert.Null(verifier.Verify(Ec("""{"alg":"ES256","kid":"unknown"}""", Good)));
        Assert.Null(verifier.Verify(Ec("""{"alg":"RS256"}""", Good)));
        Assert.Null(verifier.Verify(new string('a', 100_000)));
        Assert.Null(verifier.Verify("a.b"));
    }

    [Fact]
    public void Token_WithAChain_IsBelievedUnderItsRootOnly()
    {
        using X509Certificate2 root = Certificate("root", RSA.Create(2048)), other = Certificate("other", RSA.Create(2048));
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=leaf", leafKey, HashAlgorithmName.SHA256);
        using X509Certificate2 leaf = request.Create(root.SubjectName, X509SignatureGenerator.CreateForRSA(root.GetRSAPrivateKey()!, RSASignaturePadding.Pkcs1),
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30), [1, 2, 3]);
        string token = Sign(leafKey, $$"""{"alg":"ES256","x5c":["{{Convert.ToBase64String(leaf.RawData)}}"]}""", Good);
        Assert.NotNull(new TokenVerifier("auth", "reg", [TrustedKey.Of(root)], [root], TimeProvider.System).Verify(token));
        Assert.Null(new TokenVerifier("auth", "reg", [TrustedKey.Of(other)], [other], TimeProvider.System).Verify(token));
    }

    [Fact]
    public void KeySet_OfRsaAndEc_IsRead()
    {
        ECParameters ec = Key.ExportParameters(false);
        RSAParameters rsa = RsaKey.ExportParameters(false);
        string path = Path.GetTempFileName();
        File.WriteAllText(path, $$"""
            {"keys":[{"kty":"EC","crv":"P-256","kid":"e","x":"{{Base64Url.EncodeToString(ec.Q.X)}}","y":"{{Base64Url.EncodeToString(ec.Q.Y)}}"},
                     {"kty":"RSA","kid":"r","n":"{{Base64Url.EncodeToString(rsa.Modulus)}}","e":"{{Base64Url.EncodeToString(rsa.Exponent)}}"}]}
            """);
        TokenVerifier verifier = Verifier([.. TrustedKey.ReadSet(path)]);
        File.Delete(path);
        Assert.NotNull(verifier.Verify(Ec("""{"alg":"ES256","kid":"e"}""", Good)));
        Assert.NotNull(verifier.Verify(Rsa("""{"alg":"RS256","kid":"r"}""", Good)));
        Assert.Null(verifier.Verify(Rsa("""{"alg":"RS256","kid":"e"}""", Good)));
    }

    private static TokenVerifier Verifier(params TrustedKey[] keys) => new("auth", "reg", keys, [], TimeProvider.System);

    private static string Ec(string header, string claims) => Sign(Key, header, claims);

    private static string Sign(ECDsa key, string header, string claims) => Join(header, claims, data => key.SignData(data, HashAlgorithmName.SHA256));

    private static string Rsa(string header, string claims) => Join(header, claims, data => RsaKey.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    private static string Join(string header, string claims, Func<byte[], byte[]> sign)
    {
        string signed = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static X509Certificate2 Certificate(string name, RSA key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(60));
    }
}
