using Wharf.Primitives.Trust;

namespace Wharf.Primitives.Tests.Trust;

public sealed class SystemTrustTests
{
    [Fact]
    public void Find_OtherDistribution_PointsAtItsBundle()
    {
        Dictionary<string, string> set = Find(new(), "/etc/pki/tls/certs/ca-bundle.crt", "/etc/pki/tls/certs");
        Assert.Equal("/etc/pki/tls/certs/ca-bundle.crt", set["SSL_CERT_FILE"]);
        Assert.Equal("/etc/pki/tls/certs", set["SSL_CERT_DIR"]);
    }

    [Theory]
    [InlineData("SSL_CERT_FILE")]
    [InlineData("SSL_CERT_DIR")]
    public void Find_UserSaidWhere_LeavesIt(string variable)
        => Assert.Empty(Find(new() { [variable] = "/mine" }, "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/certs"));

    [Fact]
    public void Find_NoCertificates_SetsNothing() => Assert.Empty(Find(new()));

    private static Dictionary<string, string> Find(Dictionary<string, string> variables, params string[] present)
    {
        var set = new Dictionary<string, string>();
        SystemTrust.Find(name => variables.GetValueOrDefault(name), present.Contains, present.Contains, set.Add);
        return set;
    }
}
