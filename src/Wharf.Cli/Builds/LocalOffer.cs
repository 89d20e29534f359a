using System.Globalization;
using System.Security.Cryptography;
using Wharf.Cli.Framework;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Builds;

/// <summary>
/// Offers the folders of a build to an engine on this machine, which reads them where they are. The proof that the request comes from this very process is a
/// secret that is in the request and in a file that only this process has open: an engine at the far end of a relayed socket does not find it.
/// </summary>
internal sealed class LocalOffer : IDisposable
{
    private const int SecretBytes = 32;
    private readonly FileStream _file;

    private LocalOffer(FileStream file, byte[] secret, LocalFolders folders)
    {
        _file = file;
        Proof = string.Create(CultureInfo.InvariantCulture, $"{file.SafeFileHandle.DangerousGetHandle()}:{Convert.ToHexStringLower(secret)}");
        Folders = folders;
    }

    public string Proof { get; }

    public LocalFolders Folders { get; }

    /// <summary>The offer, if the engine takes it; it must live until the build is over.</summary>
    public static async Task<LocalOffer?> MakeAsync(CliContext cli, BuildContext context, CancellationToken ct)
    {
        if (context.Folders is not { } folders || cli.Client.Endpoint.Scheme != "unix" || Open() is not { } file)
        {
            return null;
        }

        byte[] secret = RandomNumberGenerator.GetBytes(SecretBytes);
        file.Write(secret);
        file.Flush();
        var offer = new LocalOffer(file, secret, folders);
        try
        {
            var query = new Query { { "proof", offer.Proof }, { "folder", [.. folders.All] } };
            using EngineReply reply = await cli.Client.SendAsync("POST", "/build/context" + query, null, ct);
            await reply.ReadAllAsync(ct);
            return offer;
        }
        catch (WharfException e) when (e.Kind is not (ErrorKind.Unavailable or ErrorKind.Cancelled))
        {
            // Docker's own engine has no such route, ours may not see the folder as we do: the files are sent.
            offer.Dispose();
            return null;
        }
    }

    public void AddTo(Query query)
    {
        query.Add("proof", Proof);
        query.Add("folder", Folders.Root);
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
            return null; // nowhere to write: the files are sent
        }
    }
}
