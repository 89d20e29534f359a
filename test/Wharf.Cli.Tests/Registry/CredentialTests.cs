using System.Text;
using Wharf.Cli.Framework.Configuration;
using Wharf.Cli.Registry;
using Wharf.Cli.Tests.Framework;
using Wharf.Testing;

namespace Wharf.Cli.Tests.Registry;

public sealed class CredentialTests
{
    [Fact]
    public void Login_PasswordOnStdin_IsCheckedAndStored()
    {
        using var engine = new FakeEngine(r => r.Route == "POST /auth" ? new FakeReply(200, "{\"Status\":\"Login Succeeded\",\"IdentityToken\":\"\"}") : null);
        using var cli = new CliHarness(engine);
        File.WriteAllText(Path.Combine(cli.ConfigDirectory, "config.json"), "{\"unknown\":{\"kept\":1}}");
        Assert.Equal(0, cli.RunWith(new FakeTerminal("secret\n"), "login", "-u", "me", "--password-stdin", "https://localhost:5000/v2/"));
        Assert.Equal("Login Succeeded\n", cli.Terminal.OutText);
        Assert.Equal("{\"username\":\"me\",\"password\":\"secret\",\"serveraddress\":\"localhost:5000\"}", engine.Requests[^1].Text);
        string config = File.ReadAllText(Path.Combine(cli.ConfigDirectory, "config.json"));
        Assert.Contains("\"kept\": 1", config);
        Assert.Contains(Convert.ToBase64String("me:secret"u8), config);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(cli.ConfigDirectory, "config.json")));
        Assert.Equal(0, cli.Run("logout", "localhost:5000"));
        Assert.DoesNotContain("auth\"", File.ReadAllText(Path.Combine(cli.ConfigDirectory, "config.json")));
    }

    [Fact]
    public void Login_Refused_StoresNothing()
    {
        using var engine = new FakeEngine(_ => new FakeReply(401, "{\"message\":\"unauthorized: incorrect username or password\"}"));
        using var cli = new CliHarness(engine);
        Assert.Equal(1, cli.RunWith(new FakeTerminal("x"), "login", "-u", "me", "--password-stdin"));
        Assert.Equal("Error response from daemon: unauthorized: incorrect username or password\n", cli.Terminal.ErrorText);
        Assert.False(File.Exists(Path.Combine(cli.ConfigDirectory, "config.json")));
    }

    [Theory]
    [InlineData("{\"auths\":{\"localhost:5000\":{\"auth\":\"bWU6c2U6Y3JldA==\"}}}", "me", "se:cret", "")]
    [InlineData("{\"auths\":{\"http://localhost:5000/v1/\":{\"auth\":\"bWU6c2U6Y3JldA==\"}}}", "me", "se:cret", "")]
    [InlineData("{\"auths\":{\"localhost:5000\":{\"auth\":\"bWU6\",\"identitytoken\":\"tok\"}}}", "me", "", "tok")]
    [InlineData("{\"auths\":{\"other\":{\"auth\":\"bWU6c2U6Y3JldA==\"}}}", "", "", "")]
    [InlineData("{}", "", "", "")]
    public void Get_FromTheFile_FindsTheServer(string json, string user, string password, string token)
    {
        string folder = Directory.CreateTempSubdirectory("wharf-auth").FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), json);
        RegistryAuth auth = new Credentials(ConfigFile.Load(folder, _ => { })).Get("localhost:5000");
        Assert.Equal((user, password, token), (auth.User, auth.Password, auth.IdentityToken));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Header_IsUrlSafeBase64WithPadding()
    {
        string header = new RegistryAuth("x") { User = "ü?>", Password = "~~~" }.ToHeader();
        Assert.Equal(0, header.Length % 4);
        Assert.DoesNotContain('+', header);
        Assert.DoesNotContain('/', header);
        string json = Encoding.UTF8.GetString(Convert.FromBase64String(header.Replace('-', '+').Replace('_', '/')));
        Assert.Contains("\"password\":\"~~~\"", json);
    }
}
