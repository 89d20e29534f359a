using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Wharf.Primitives;

namespace Wharf.Api.Server.Errors;

/// <summary>The one place that turns a failure into an HTTP status and a message. Never test exception types elsewhere; give the error its kind.</summary>
public static class ErrorStatus
{
    /// <summary>nginx's number for "client closed request", which Docker's engine uses too; nobody is left to read it.</summary>
    public const int ClientClosedRequest = 499;

    public static int Of(Exception error) => error switch
    {
        WharfException known => known.Kind switch
        {
            ErrorKind.InvalidArgument => StatusCodes.Status400BadRequest,
            ErrorKind.NotFound => StatusCodes.Status404NotFound,
            ErrorKind.Conflict => StatusCodes.Status409Conflict,
            ErrorKind.NotModified => StatusCodes.Status304NotModified,
            ErrorKind.Unauthorized => StatusCodes.Status401Unauthorized,
            ErrorKind.Forbidden => StatusCodes.Status403Forbidden,
            ErrorKind.NotImplemented => StatusCodes.Status501NotImplemented,
            ErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
            ErrorKind.Cancelled => ClientClosedRequest,
            _ => StatusCodes.Status500InternalServerError,
        },
        BadHttpRequestException bad => bad.StatusCode,
        // Kestrel's word for a chunk whose length no number holds
        IOException { InnerException: OverflowException } => StatusCodes.Status400BadRequest,
        JsonException => StatusCodes.Status400BadRequest,
        OperationCanceledException => ClientClosedRequest,
        _ => StatusCodes.Status500InternalServerError,
    };

    public static string Message(Exception error) => error switch
    {
        JsonException json => "invalid JSON: " + json.Message,
        _ => error.Message,
    };
}
