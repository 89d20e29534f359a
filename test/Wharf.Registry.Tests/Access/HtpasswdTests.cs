using Wharf.Primitives;
using Wharf.Registry.Access;

namespace Wharf.Registry.Tests.Access;

public sealed class HtpasswdTests
{
    [Theory]
    [InlineData("bob:$apr1$abc$xyz", "MD5")]
    [InlineData("bob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "SHA-1")]
    [InlineData("bob:plain", "plain text")]
    [InlineData("bob:$2y$05$short", "damaged bcrypt")]
    public void Hash_OfAWeakKind_IsRefusedByName(string line, string scheme)
    {
        var refused = Assert.Throws<WharfException>(() => HtpasswdFile.Parse(["# users", line], "users"));
        Assert.Contains("line 2: user bob", refused.Message);
        Assert.Contains(scheme, refused.Message);
    }

    [Fact]
    public void File_ThatChanges_IsReadAgain()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "a:" + Bcrypt.Hash("1", 4) + "\n");
        var file = new HtpasswdFile(path);
        Assert.NotNull(file.HashOf("a"));
        File.AppendAllText(path, "b:" + Bcrypt.Hash("2", 4) + "\n");
        Assert.NotNull(file.HashOf("b"));
        File.AppendAllText(path, "nonsense\n");
        Assert.NotNull(file.HashOf("b"));
        Assert.Contains("line 3", file.Problem);
        File.Delete(path);
    }
}
