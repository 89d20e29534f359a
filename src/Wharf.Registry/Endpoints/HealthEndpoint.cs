using Microsoft.AspNetCore.Http;
using Wharf.Primitives;
using Wharf.Registry.Http;

namespace Wharf.Registry.Endpoints;

/// <summary>Answers probes: whether the store can be written, which is looked at no more often than <c>interval</c> and must fail <c>threshold</c> times in a row; and the page of metrics.</summary>
internal sealed class HealthEndpoint(RegistryServices services, bool looksAtStore, TimeSpan interval, int threshold)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _looked;
    private string? _problem;
    private int _failures;

    public Task HealthAsync(RegistryCall call)
    {
        string? problem = looksAtStore ? Problem() : null;
        return call.BytesAsync(problem is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, "application/json; charset=utf-8",
            problem is null ? "{}"u8.ToArray() : ErrorBody.Of(RegistryFault.Unavailable(problem)));
    }

    public Task MetricsAsync(RegistryCall call) => call.BytesAsync(StatusCodes.Status200OK, "text/plain; version=0.0.4; charset=utf-8",
        System.Text.Encoding.UTF8.GetBytes(services.Meters.Render(services.Store.Names.Count, services.Store.Uploads.Count, Storage.Inodes.FreeBytes(services.Store.Layout.Root))));

    private string? Problem()
    {
        lock (_gate)
        {
            DateTimeOffset now = services.Store.Clock.GetUtcNow();
            if (now - _looked < interval)
            {
                return _problem;
            }

            _looked = now;
            string probe = Path.Combine(services.Store.Layout.Uploads, ".health");
            try
            {
                AtomicFile.Write(probe, "ok"u8, durable: false);
                File.Delete(probe);
                _problem = null;
                _failures = 0;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _problem = ++_failures < threshold ? null : $"the store cannot be written: {e.Message}";
            }

            return _problem;
        }
    }
}
