using Wharf.Oci.Distribution;

namespace Wharf.Oci.Tests.Distribution;

public sealed class AuthChallengeTests
{
    [Theory]
    [InlineData("Bearer realm=\"https://a/token", "https://a/token")]
    [InlineData("Bearer realm=\"", "")]
    [InlineData("Bearer realm=\"a\\", "a\\")]
    [InlineData("Bearer realm=\"a\\\"b\"", "a\"b")]
    public void Parse_QuoteThatNeverCloses_EndsWithTheHeader(string header, string expected) =>
        Assert.Equal(expected, Assert.Single(AuthChallenge.Parse([header]))["realm"]);
}
