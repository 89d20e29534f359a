using System.Text;
using Microsoft.AspNetCore.Http;

namespace Wharf.Registry.Http;

/// <summary>A line for every request on standard output, in the combined format that log tools read.</summary>
internal sealed class AccessLog(Stream output, TimeProvider clock)
{
    private readonly Lock _gate = new();

    public void Write(HttpContext context, string user, TimeSpan took)
    {
        HttpRequest request = context.Request;
        string line = $"{context.Connection.RemoteIpAddress?.ToString() ?? "-"} - {(user.Length > 0 ? Clean(user) : "-")} [{clock.GetUtcNow().UtcDateTime:dd/MMM/yyyy:HH:mm:ss} +0000] "
            + $"\"{Clean(request.Method)} {Clean(request.Path + request.QueryString.Value)} HTTP/1.1\" {context.Response.StatusCode} {context.Response.ContentLength ?? 0} "
            + $"\"-\" \"{Clean(request.Headers.UserAgent.ToString())}\" {took.TotalMilliseconds:0.0}ms\n";
        byte[] bytes = Encoding.UTF8.GetBytes(line);
        lock (_gate)
        {
            output.Write(bytes);
            output.Flush();
        }
    }

    // What a client sends must not end the line or the quotes.
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) || c == '"' ? '?' : c));
}
