using System.Globalization;
using System.Security.Cryptography;

namespace Wharf.Cli.Framework;

/// <summary>
/// Proves to an engine on this machine that a request comes from this very process, so that it reads files where they are: a secret that is in the request and in
/// a file that only this process has open. An engine at the far end of a relayed socket does not find it.
/// </summary>
internal sealed class LocalProof : IDisposable
{
    private const int SecretBytes = 32;
    private readonly FileStream _file;

    private LocalProof(FileStream file, byte[] secret)
    {
        _file = file;
        Text = string.Create(CultureInfo.InvariantCulture, $"{file.SafeFileHandle.DangerousGetHandle()}:{Convert.ToHexStringLower(secret)}");
    }

    /// <summary>The query's parameter <c>proof</c>.</summary>
    public string Text { get; }

    /// <summary>Null where the engine is not reached by a unix socket, or there is nowhere to write: the files are sent.</summary>
    public static LocalProof? TryMake(CliContext cli)
    {
        if (cli.Client.Endpoint.Scheme != "unix" || Open() is not { } file)
        {
            return null;
        }

        byte[] secret = RandomNumberGenerator.GetBytes(SecretBytes);
        file.Write(secret);
        file.Flush();
        return new LocalProof(file, secret);
    }

    public void Dispose() => _file.Dispose();

    private static FileStream? Open()
    {
        string path = Path.Combine(Path.GetTempPath(), ".wharf-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        try
        {
            var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            File.Delete(path);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
