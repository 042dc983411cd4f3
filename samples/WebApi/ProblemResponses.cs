using Autodidact;
using Autodidact.Images;

namespace WebApi;

/// <summary>
/// Turns what a client can cause into a status and one line, in the form of RFC 9457 (<c>application/problem+json</c>). Anything else stays
/// an error of the server: a damaged model, say, whose kind is Data too.
/// </summary>
internal sealed class ProblemResponses(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (StatusOf(e) is { } status && !context.Response.HasStarted)
        {
            await Results.Problem(e.Message, statusCode: status).ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: nobody reads an answer, and nothing went wrong here.
        }
    }

    private static int? StatusOf(Exception exception) => exception switch
    {
        ImageDecodeException => StatusCodes.Status400BadRequest,
        AutodidactException { Kind: FailureKind.Usage } => StatusCodes.Status400BadRequest,
        BadHttpRequestException bad => bad.StatusCode,
        _ => null,
    };
}
