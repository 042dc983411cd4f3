using System.Text.Json;
using System.Text.Json.Serialization;
using Autodidact;
using Autodidact.Inference;
using WebApi;

var builder = WebApplication.CreateSlimBuilder(args);
var largest = builder.Configuration.GetValue("max-image-bytes", 16L << 20);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = largest);
builder.Services.ConfigureHttpJsonOptions(json =>
{
    json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
    json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
});

// A parameter that does not parse is told like every other problem, and not by an empty answer.
builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);

EarlyExitModel model;
try
{
    var folder = builder.Configuration["model"]
        ?? throw new AutodidactException(FailureKind.Usage, "no model: start with --model FOLDER, a folder that 'autodidact export' made");

    // One for all requests: it is thread-safe, and its sessions are what costs. They are made now, so that a damaged model ends the program
    // and not a request, and the first user need not wait.
    model = EarlyExitModel.Load(folder, new ModelOptions { Verify = true });
}
catch (AutodidactException e)
{
    Console.Error.WriteLine(e.Message);
    return (int)e.Kind;
}

// Given by a factory, so that the container disposes it when the program ends, after the requests that are running.
builder.Services.AddSingleton(_ => model);

var app = builder.Build();
app.UseMiddleware<ProblemResponses>();
app.MapGet("/model", ModelEndpoints.Describe);
app.MapPost("/predict", ModelEndpoints.Predict);
app.MapPost("/embed", ModelEndpoints.Embed);
app.Run();
return 0;
