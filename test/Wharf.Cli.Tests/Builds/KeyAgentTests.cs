using System.Diagnostics;
using System.Net.Sockets;
using Wharf.Cli.Builds.Lending.Keys;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Tests.Builds;

/// <summary>Keys as ssh-keygen writes them, served to OpenSSH's programs as an agent serves them.</summary>
public sealed class KeyAgentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-keys").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("-t", "ed25519")]
    [InlineData("-t", "rsa", "-b", "2048")]
    [InlineData("-t", "rsa", "-b", "3072", "-m", "PEM")]
    [InlineData("-t", "rsa", "-b", "2048", "-m", "PKCS8")]
    [InlineData("-t", "ecdsa", "-b", "256")]
    [InlineData("-t", "ecdsa", "-b", "384", "-m", "PEM")]
    [InlineData("-t", "ecdsa", "-b", "521", "-m", "PKCS8")]
    [InlineData("-t", "ecdsa", "-b", "521")]
    public async Task Key_OfAFile_IsListedAndSignsSoThatSshBelievesIt(params string[] kind)
    {
        string file = Path.Combine(_folder, "key"), socket = Path.Combine(_folder, "s");
        await ProgramAsync(null, "ssh-keygen", ["-q", "-N", "", "-C", "a comment", "-f", file, .. kind]);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(socket));
        listener.Listen(8);
        using SshKey key = SshKeyFile.Read(file);
        Task serving = ServeAsync(listener, key);
        string listed = await ProgramAsync(socket, "ssh-add", ["-L"]);
        Assert.Equal(File.ReadAllText(file + ".pub").Split(' ')[..2], listed.Split(' ')[..2]);

        // Without the private key there is nobody to sign but the agent.
        File.Move(file, file + ".away");
        for (int i = 0; i < 3; i++)
        {
            string data = Path.Combine(_folder, "data" + i);
            File.WriteAllText(data, $"text {i}");
            await ProgramAsync(socket, "ssh-keygen", ["-q", "-Y", "sign", "-f", file + ".pub", "-n", "test", data]);
            await ProgramAsync(null, "/bin/sh", ["-c", $"ssh-keygen -Y check-novalidate -n test -s {data}.sig < {data}"]);
        }

        listener.Dispose();
        await serving;
    }

    [Theory]
    [InlineData("protected by a passphrase", "-t", "ed25519", "-N", "secret")]
    [InlineData("protected by a passphrase", "-t", "rsa", "-N", "secret", "-m", "PEM")]
    [InlineData("protected by a passphrase", "-t", "rsa", "-N", "secret", "-m", "PKCS8")]
    [InlineData("ssh-dss, which is not served", "-t", "dsa", "-N", "")]
    public async Task Key_ThatIsNotServed_IsRefusedWithTheWayOut(string words, params string[] kind)
    {
        string file = Path.Combine(_folder, "key");
        await ProgramAsync(null, "ssh-keygen", ["-q", "-f", file, .. kind]);
        string error = Assert.Throws<CommandException>(() => SshKeyFile.Read(file)).Message;
        Assert.Contains(words, error);
        Assert.Contains(file, error);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")]
    public void File_ThatIsNoKey_IsRefused(string text)
    {
        string file = Path.Combine(_folder, "key");
        File.WriteAllText(file, text);
        Assert.Contains(file, Assert.Throws<CommandException>(() => SshKeyFile.Read(file)).Message);
    }

    [Fact]
    public void Agent_RefusesWhatItDoesNotKnow_AndTakesRequestsInPieces()
    {
        using SshKey key = SshKey.OfEd25519(new byte[32], "x");
        var agent = new KeyAgent([key]);
        Assert.Empty(agent.Take([0, 0]));
        Assert.Empty(agent.Take([0, 1]));
        Assert.Equal(12, agent.Take([11])[4]);

        // Removing keys, an extension, a signature with a key that is not here, one cut short.
        Assert.Equal([0, 0, 0, 1, 5], agent.Take([0, 0, 0, 1, 19]));
        Assert.Equal([0, 0, 0, 1, 5], agent.Take([0, 0, 0, 1, 27]));
        Assert.Equal([0, 0, 0, 1, 5], agent.Take([0, 0, 0, 13, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Equal([0, 0, 0, 1, 5], agent.Take([0, 0, 0, 3, 13, 0, 0]));
        Assert.Throws<FormatException>(() => agent.Take([0xff, 0, 0, 0]));
    }

    private static async Task ServeAsync(Socket listener, SshKey key)
    {
        try
        {
            while (true)
            {
                using Socket connection = await listener.AcceptAsync();
                var agent = new KeyAgent([key]);
                byte[] buffer = new byte[1000];
                int count;
                while ((count = await connection.ReceiveAsync(buffer)) > 0)
                {
                    await connection.SendAsync(agent.Take(buffer.AsSpan(0, count)));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private static async Task<string> ProgramAsync(string? socket, string program, string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (socket is not null)
        {
            info.Environment["SSH_AUTH_SOCK"] = socket;
        }

        using Process process = Process.Start(info)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {output}{await error}");
        return output;
    }
}
