using Gdn.Harness.Server.Scheduling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gdn.Harness.Server.Http;

/// <summary>Which path leads to which endpoint.</summary>
internal static class Routes
{
    /// <summary>Adds all of them.</summary>
    public static void Map(WebApplication app, Scheduler scheduler, ServingVocabulary vocabulary, ServerIdentity identity)
    {
        var prompts = new PromptReader(vocabulary, identity.Options.ContextTokens);
        var calls = new CallReader(prompts, identity.Options.Slots);
        var llama = new CompletionEndpoint(scheduler, new LlamaFormat(calls, vocabulary, identity.Model));
        var openAi = new CompletionEndpoint(scheduler, new CompletionFormat(calls, vocabulary, identity.Model, identity.Build));
        var chat = new CompletionEndpoint(scheduler, new ChatFormat(calls, vocabulary, identity.Model, identity.Build));
        var info = new InfoEndpoints(scheduler, identity);
        var slots = new SlotEndpoint(scheduler, identity.Options.Slots);
        var tokens = new TokenEndpoints(prompts, vocabulary);

        Post(llama.Handle, "/completion", "/completions");
        Post(openAi.Handle, "/v1/completions");
        Post(chat.Handle, "/v1/chat/completions", "/chat/completions");
        Post(slots.Handle, "/slots/{id}");
        Post(tokens.Tokenize, "/tokenize");
        Post(tokens.Detokenize, "/detokenize");
        Post(TokenEndpoints.ApplyTemplate, "/apply-template");
        Get(info.Health, "/health", "/v1/health");
        Get(info.Properties, "/props");
        Get(info.Slots, "/slots");
        Get(info.Models, "/v1/models", "/models");
        Get(info.Metrics, "/metrics");

        void Get(RequestDelegate handler, params ReadOnlySpan<string> paths)
        {
            foreach (string path in paths) app.MapGet(path, handler);
        }

        void Post(RequestDelegate handler, params ReadOnlySpan<string> paths)
        {
            foreach (string path in paths) app.MapPost(path, handler);
        }
    }
}
