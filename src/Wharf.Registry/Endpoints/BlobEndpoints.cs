using Microsoft.AspNetCore.Http;
using Wharf.Primitives;
using Wharf.Registry.Http;
using Wharf.Registry.Notifications;

namespace Wharf.Registry.Endpoints;

/// <summary>Reading and deleting of blobs: end-2 and end-10 of the distribution specification.</summary>
internal sealed class BlobEndpoints(RegistryServices services)
{
    private const int Piece = 128 * 1024;

    public async Task GetAsync(RegistryCall call)
    {
        Digest digest = RegistryCall.DigestOf(call.Target.Reference);
        if (services.Store.BlobSize(call.Repository, digest) is not { } size)
        {
            if (services.Upstream is null)
            {
                throw RegistryFault.BlobUnknown(digest);
            }

            await services.Upstream.SendBlobAsync(call, digest);
            return;
        }

        services.Meters.CacheHit(services.Upstream is not null);
        if (call.IsHead)
        {
            // Whoever asks whether a blob is there will skip its upload when it is.
            services.Store.KeepFresh(call.Repository, digest);
        }

        await SendAsync(call, digest, services.Store.Layout.BlobFile(call.Repository, digest), size);
        services.Meters.Served(call.IsHead ? 0 : size);
        if (!call.IsHead)
        {
            services.Note("pull", call, "application/octet-stream", digest, size, null);
        }
    }

    public Task DeleteAsync(RegistryCall call)
    {
        Digest digest = RegistryCall.DigestOf(call.Target.Reference);
        if (!services.Store.DeleteBlob(call.Repository, digest))
        {
            throw RegistryFault.BlobUnknown(digest);
        }

        services.Note("delete", call, "application/octet-stream", digest, 0, null);
        return call.StatusAsync(StatusCodes.Status202Accepted);
    }

    /// <summary>Sends a file that is a blob: whole, in part, or its head only.</summary>
    public static async Task SendAsync(RegistryCall call, Digest digest, string path, long size)
    {
        string tag = $"\"{digest}\"";
        Describe(call, digest);
        if (call.Request.Headers.IfNoneMatch.ToString() is { Length: > 0 } known && (known == "*" || known.Contains(tag, StringComparison.Ordinal)))
        {
            await call.StatusAsync(StatusCodes.Status304NotModified);
            return;
        }

        var part = new ByteRange(0, size - 1);
        string ifRange = call.Request.Headers.IfRange.ToString();
        if (call.Request.Headers.Range.ToString() is { Length: > 0 } wanted && (ifRange.Length == 0 || ifRange == tag) && RangeOf(call, wanted, size) is { } range)
        {
            part = range;
            call.Response.StatusCode = StatusCodes.Status206PartialContent;
            call.Response.Headers.ContentRange = $"bytes {part.First}-{part.Last}/{size}";
        }

        call.Response.ContentType = "application/octet-stream";
        call.Response.ContentLength = part.Length;
        if (call.IsHead)
        {
            return;
        }

        using var file = OpenOrGone(path, digest);
        long offset = part.First, left = part.Length;
        while (left > 0)
        {
            Memory<byte> buffer = call.Response.BodyWriter.GetMemory(Piece);
            int count = await RandomAccess.ReadAsync(file, buffer[..(int)Math.Min(buffer.Length, left)], offset, call.Ct);
            if (count == 0)
            {
                throw WharfException.DataLoss($"blob {digest} is shorter than its {size} bytes");
            }

            call.Response.BodyWriter.Advance(count);
            (offset, left) = (offset + count, left - count);
            await call.Response.BodyWriter.FlushAsync(call.Ct);
        }
    }

    public static void Describe(RegistryCall call, Digest digest)
    {
        call.Header("Docker-Content-Digest", digest.ToString());
        call.Response.Headers.ETag = $"\"{digest}\"";
        call.Response.Headers.CacheControl = "max-age=31536000";
        call.Response.Headers.AcceptRanges = "bytes";
    }

    private static ByteRange? RangeOf(RegistryCall call, string wanted, long size)
    {
        try
        {
            return ByteRange.Parse(wanted, size);
        }
        catch (RegistryFault)
        {
            call.Response.Headers.ContentRange = $"bytes */{size}";
            throw;
        }
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle OpenOrGone(string path, Digest digest)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (FileNotFoundException)
        {
            // deleted between the look and the opening
            throw RegistryFault.BlobUnknown(digest);
        }
    }
}
