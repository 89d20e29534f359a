using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Wharf.Cli.Framework;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Builds;

/// <summary>The files of a context that an engine has from an earlier build: those need not be sent again.</summary>
internal sealed class KnownFiles
{
    private const int TokenLength = 32, Digest = SHA256.HashSizeInBytes, RecordBytes = Digest + sizeof(long);
    private readonly Dictionary<long, HashSet<string>> _byLength = [];

    private KnownFiles(string key) => Key = key;

    /// <summary>The name under which the engine keeps this context.</summary>
    public string Key { get; }

    /// <summary>The engine's name for what it told; null when it has nothing.</summary>
    public string? Token { get; private init; }

    public bool IsEmpty => Token is null;

    /// <summary>Asks the engine; null when it knows no such question, as Docker's own.</summary>
    public static async Task<KnownFiles?> AskAsync(CliContext cli, LocalFolders folders, CancellationToken ct)
    {
        string key = KeyOf(folders);
        byte[] answer;
        try
        {
            using EngineReply reply = await cli.Client.SendAsync("GET", "/build/context" + new Query { { "key", key } }, null, ct);
            using var body = new MemoryStream();
            await reply.Body.CopyToAsync(body, ct);
            answer = body.ToArray();
        }
        catch (WharfException e) when (e.Kind is not (ErrorKind.Unavailable or ErrorKind.Cancelled))
        {
            return null;
        }

        return answer.Length == 0 ? new KnownFiles(key) : Read(key, answer);
    }

    /// <summary>The digest of a file that the engine has; null when it has to be sent.</summary>
    public byte[]? Find(FileInfo file)
    {
        if (!_byLength.TryGetValue(file.Length, out var digests))
        {
            return null;
        }

        using var content = new FileStream(file.FullName, new FileStreamOptions { BufferSize = 0, Share = FileShare.ReadWrite });
        byte[] digest = SHA256.HashData(content);
        return digests.Contains(Convert.ToHexStringLower(digest)) ? digest : null;
    }

    private static KnownFiles? Read(string key, byte[] answer)
    {
        // whatever else answers here is not ours
        if (answer.Length < TokenLength || (answer.Length - TokenLength) % RecordBytes != 0 || !Encoding.ASCII.GetString(answer, 0, TokenLength).All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        var known = new KnownFiles(key) { Token = Encoding.ASCII.GetString(answer, 0, TokenLength) };
        for (ReadOnlySpan<byte> rest = answer.AsSpan(TokenLength); rest.Length > 0; rest = rest[RecordBytes..])
        {
            long length = BinaryPrimitives.ReadInt64LittleEndian(rest[Digest..]);
            if (!known._byLength.TryGetValue(length, out var digests))
            {
                known._byLength[length] = digests = [];
            }

            digests.Add(Convert.ToHexStringLower(rest[..Digest]));
        }

        return known;
    }

    // Another folder, user or machine has another one: nobody learns by a guess what somebody else sent.
    private static string KeyOf(LocalFolders folders)
    {
        string machine = File.Exists("/etc/machine-id") ? File.ReadAllText("/etc/machine-id").Trim() : "";
        string text = string.Join('\0', [machine, Environment.MachineName, Environment.UserName, .. folders.All]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
