using System.Text;
using System.Text.Json.Nodes;
using Gdn.Harness.Server.Generation;
using Gdn.Harness.Server.Scheduling;
using Microsoft.AspNetCore.Http;

namespace Gdn.Harness.Server.Http;

/// <summary>Answers requests for completions, whole or as a stream of server-sent events.</summary>
/// <param name="scheduler">Does the work.</param>
/// <param name="format">The form of requests and answers.</param>
internal sealed class CompletionEndpoint(Scheduler scheduler, ICompletionFormat format)
{
    /// <summary>Answers one request. A client that disconnects cancels it.</summary>
    /// <exception cref="ApiException">It cannot be answered, and nothing has been sent.</exception>
    public async Task Handle(HttpContext context)
    {
        CompletionCall call = format.Read(await Bodies.Read(context));
        var job = new GenerationJob(call.Request);
        if (call.Request.Prompt.Length == 0) job.Finish(GenerationSummary.OfEmptyPrompt);
        else scheduler.Add(job);
        try
        {
            if (call.Stream) await Stream(context, call, job);
            else await Whole(context, call, job);
        }
        finally
        {
            scheduler.Cancel(job);
        }
    }

    private async Task Whole(HttpContext context, CompletionCall call, GenerationJob job)
    {
        var tokens = new List<GeneratedToken>();
        await foreach (GeneratedToken token in job.Tokens(context.RequestAborted)) tokens.Add(token);
        StreamedArray? probabilities =
            call.Request.Probabilities > 0 ? new StreamedArray(tokens.Select(format.Probability)) : null;
        JsonObject json = format.Whole(call, tokens, await job.Summary, probabilities);
        await (probabilities is null ? Bodies.Write(context, json) : Bodies.Write(context, json, probabilities));
    }

    private async Task Stream(HttpContext context, CompletionCall call, GenerationJob job)
    {
        int count = 0;
        try
        {
            await foreach (GeneratedToken token in job.Tokens(context.RequestAborted))
                await Send(context, JsonParts.Line(format.Part(call, token, ++count)));
            foreach (string text in format.Ending(call, await job.Summary)) await Send(context, text);
        }
        catch (ApiException e) when (context.Response.HasStarted)
        {
            // The status has been sent; an error can only be an event.
            await Send(context, JsonParts.Line(JsonParts.Error(e)));
        }
    }

    private static async Task Send(HttpContext context, string data)
    {
        context.Response.ContentType ??= "text/event-stream";
        await context.Response.WriteAsync($"data: {data}\n\n", Encoding.UTF8, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
